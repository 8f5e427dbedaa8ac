/** The units at the ends of settings' names, with the larger units that people read more easily. */
const UNITS: readonly { readonly ending: RegExp; readonly steps: readonly Step[] }[] = [
  {
    ending: /_MS$/,
    steps: [
      { unit: 'day', size: 86_400_000, many: 'days' },
      { unit: 'h', size: 3_600_000 },
      { unit: 'min', size: 60_000 },
      { unit: 's', size: 1_000 },
      { unit: 'ms', size: 1 },
    ],
  },
  {
    ending: /_BYTES$/,
    steps: [
      { unit: 'TiB', size: 2 ** 40 },
      { unit: 'GiB', size: 2 ** 30 },
      { unit: 'MiB', size: 2 ** 20 },
      { unit: 'KiB', size: 2 ** 10 },
      { unit: 'byte', size: 1, many: 'bytes' },
    ],
  },
  { ending: /_USEC$/, steps: [{ unit: 'µs', size: 1 }] },
];

interface Step {
  readonly unit: string;
  readonly size: number;
  /** The unit's plural, where it has one. */
  readonly many?: string;
}

/**
 * A setting's value with the largest unit of which it is a whole number, such as `10 min` for
 * 600000. The name of the setting says the unit; undefined where it says none.
 */
export function amountOf(name: string, value: number): string | undefined {
  const steps = UNITS.find(({ ending }) => ending.test(name))?.steps;
  if (steps === undefined) return undefined;
  const fits = ({ size }: Step) => value % size === 0 && (value > 0 || size === 1);
  const step = steps.find(fits);
  if (step === undefined) return undefined;
  const count = value / step.size;
  return `${count} ${count === 1 ? step.unit : (step.many ?? step.unit)}`;
}
