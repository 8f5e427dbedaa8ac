import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The reference of the flushes: Hadoop's own client. Each file has a thread, and an hflush follows
 * each write. The program runs from its source, with Hadoop's jars on the class path.
 *
 * <p>Its arguments are the address of HDFS and a folder. Each line of standard input, "files
 * milliseconds bytes", orders one measurement. The answer is a line of JSON, as in flush-load.ts.
 */
public class FlushReference {
  static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  /** The size of the sink's own pieces. */
  static final int CHUNK_BYTES = 65_536;
  static final long WARM_UP_NANOS = 200_000_000;

  public static void main(String[] args) throws Exception {
    FileSystem files = FileSystem.get(URI.create(args[0]), new Configuration());
    Path folder = new Path(args[1]);
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      long[] order = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
      files.mkdirs(folder);
      System.out.println(measure(files, folder, (int) order[0], order[1] * 1_000_000, (int) order[2]));
      files.delete(folder, true);
    }
    files.close();
  }

  static String measure(FileSystem files, Path folder, int count, long nanos, int bytes) throws Exception {
    List<Writer> writers = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      writers.add(new Writer(create(files, new Path(folder, String.valueOf(index))), bytes));
    }
    runAll(writers, WARM_UP_NANOS);
    long cpu = SYSTEM.getProcessCpuTime();
    long sent = sentBytes();
    long begun = System.nanoTime();
    runAll(writers, nanos);
    double seconds = (System.nanoTime() - begun) / 1e9;
    double cpuSeconds = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
    sent = sentBytes() - sent;
    for (Writer writer : writers) writer.out.close();
    long[] took = writers.stream().flatMapToLong(writer -> Arrays.stream(writer.took, 0, writer.flushes)).sorted().toArray();
    return String.format(
        "{\"flushes\":%d,\"seconds\":%f,\"cpuSeconds\":%f,\"sentBytes\":%d,\"p50Ms\":%f,\"p99Ms\":%f}",
        took.length, seconds, cpuSeconds, sent, quantileMs(took, 0.5), quantileMs(took, 0.99));
  }

  /**
   * With as many copies as the server makes by default. By itself Hadoop's client would take the
   * number from its own configuration.
   */
  static FSDataOutputStream create(FileSystem files, Path path) throws IOException {
    var defaults = files.getServerDefaults(path);
    return files.create(path, false, CHUNK_BYTES, defaults.getReplication(), defaults.getBlockSize());
  }

  static void runAll(List<Writer> writers, long nanos) throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (Writer writer : writers) threads.add(new Thread(() -> writer.run(nanos)));
    for (Thread thread : threads) thread.start();
    for (Thread thread : threads) thread.join();
    for (Writer writer : writers) if (writer.failure != null) throw writer.failure;
  }

  /** The bytes of all write calls. They go into sockets. */
  static long sentBytes() throws IOException {
    for (String line : Files.readAllLines(java.nio.file.Path.of("/proc/self/io"))) {
      if (line.startsWith("wchar: ")) return Long.parseLong(line.substring("wchar: ".length()));
    }
    throw new IOException("/proc/self/io has no wchar");
  }

  static double quantileMs(long[] sorted, double p) {
    return sorted[Math.max(0, (int) Math.ceil(p * sorted.length) - 1)] / 1e6;
  }

  static class Writer {
    final FSDataOutputStream out;
    final byte[] data;
    long[] took = {};
    int flushes;
    Exception failure;

    Writer(FSDataOutputStream out, int bytes) {
      this.out = out;
      this.data = new byte[bytes];
      Arrays.fill(data, (byte) 'x');
    }

    void run(long nanos) {
      took = new long[1024];
      flushes = 0;
      try {
        for (long now = System.nanoTime(), end = now + nanos; now < end; ) {
          flush();
          long then = now;
          now = System.nanoTime();
          if (flushes == took.length) took = Arrays.copyOf(took, 2 * flushes);
          took[flushes++] = now - then;
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    void flush() throws IOException {
      for (int at = 0; at < data.length; at += CHUNK_BYTES) {
        out.write(data, at, Math.min(CHUNK_BYTES, data.length - at));
      }
      out.hflush();
    }
  }
}
