import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * {@code java Modern.java JAR OUT}: copies a jar, with its classes of before Java 6 (picocli's) in the
 * form of Java 8, with stack maps. An AOT cache takes no older ones, and Java's old verifier, which
 * they would need at each start, is slow: together a third of the time until the server listens.
 */
public final class Modern {

    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;
    private static final int MAJOR_VERSION_AT = 6;

    public static void main(String[] args) throws Exception {
        Path from = Path.of(args[0]);
        int changed = 0;
        URL[] itself = {from.toUri().toURL()};
        try (JarFile jar = new JarFile(from.toFile());
                URLClassLoader classes = new URLClassLoader(itself, null);
                OutputStream file = Files.newOutputStream(Path.of(args[1]));
                JarOutputStream out = new JarOutputStream(file)) {
            ClassFile format =
                    ClassFile.of(
                            StackMapsOption.GENERATE_STACK_MAPS,
                            ClassFile.ClassHierarchyResolverOption.of(
                                    ClassHierarchyResolver.ofResourceParsing(classes)
                                            .orElse(ClassHierarchyResolver.defaultResolver())));
            Enumeration<JarEntry> entries = jar.entries(); // the manifest stays the first one
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                byte[] bytes = bytes(jar, entry);
                if (isOld(entry.getName(), bytes)) {
                    bytes = modern(format, format.parse(bytes));
                    changed++;
                }
                out.write(bytes);
            }
        }
        System.out.println(changed + " classes in a form that the AOT cache takes");
    }

    private static byte[] bytes(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static boolean isOld(String name, byte[] bytes) {
        return name.endsWith(".class")
                && (bytes[MAJOR_VERSION_AT] << 8 | bytes[MAJOR_VERSION_AT + 1])
                        < FIRST_WITH_STACK_MAPS;
    }

    private static byte[] modern(ClassFile format, ClassModel old) {
        return format.transformClass(
                old,
                // Code that nobody looks at would be copied as it is, without stack maps.
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                        .andThen(
                                ClassTransform.endHandler(
                                        builder ->
                                                builder.withVersion(
                                                        ClassFile.JAVA_8_VERSION, 0))));
    }
}
