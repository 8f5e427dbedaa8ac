import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.FileDescriptor;

/**
 * Prints the FileDescriptorProto of each named class, in base64, one a line. The files that it
 * imports come first.
 */
class Descriptors {
  public static void main(String[] generatedClasses) throws Exception {
    Set<FileDescriptor> files = new LinkedHashSet<>();
    for (String name : generatedClasses) {
      add((FileDescriptor) Class.forName(name).getMethod("getDescriptor").invoke(null), files);
    }
    for (FileDescriptor file : files) {
      System.out.println(Base64.getEncoder().encodeToString(file.toProto().toByteArray()));
    }
  }

  private static void add(FileDescriptor file, Set<FileDescriptor> files) {
    for (FileDescriptor imported : file.getDependencies()) add(imported, files);
    files.add(file);
  }
}
