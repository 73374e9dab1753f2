package io.cloudtunnel.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.util.Enumeration;
import java.util.jar.Manifest;

/**
 * The first class of both programs, compiled for Java 8, so that an older Java says which one is
 * needed instead of failing to load a class. It starts the class that the manifest of the jar names
 * as {@code Program-Class}.
 */
public final class Launcher {

    private static final int NEEDED = 21;

    private Launcher() {}

    /** Checks the Java version and hands over; exits with status 2 where Java is too old. */
    public static void main(String[] args) throws Exception {
        String version = System.getProperty("java.specification.version");
        if (feature(version) < NEEDED) {
            System.err.println(
                    "This program needs Java "
                            + NEEDED
                            + " or newer (25 is recommended); it was started with Java "
                            + version
                            + " ("
                            + System.getProperty("java.home")
                            + ").");
            System.err.println(
                    "Install a newer one, for example `apt install openjdk-21-jre-headless` or"
                            + " `brew install openjdk`, and start the jar with its `bin/java`.");
            System.err.println(
                    "In a clone of the project, ./tunnel finds a suitable Java by itself.");
            System.exit(2);
        }
        try {
            Class.forName(programClass())
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception) {
                throw (Exception) e.getCause();
            }
            throw e;
        }
    }

    /** 8 for "1.8", 17 for "17". */
    static int feature(String specification) {
        String feature =
                specification.startsWith("1.") ? specification.substring(2) : specification;
        return Integer.parseInt(feature);
    }

    private static String programClass() throws IOException {
        Enumeration<URL> manifests =
                Launcher.class.getClassLoader().getResources("META-INF/MANIFEST.MF");
        while (manifests.hasMoreElements()) {
            try (InputStream in = manifests.nextElement().openStream()) {
                String name = new Manifest(in).getMainAttributes().getValue("Program-Class");
                if (name != null) {
                    return name;
                }
            }
        }
        throw new IOException("no manifest on the class path names a Program-Class");
    }
}
