package io.cloudtunnel.it;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Folders with a program, its part of the JDK and its AOT cache, made as images make them. */
final class Homes {

    private Homes() {}

    /** Makes the folder, for one program; the other one is for its training run. */
    static void make(Path home, String program, String other) throws Exception {
        Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
        Path in = home.toAbsolutePath().getParent();
        Programs.run(
                in,
                List.of("/bin/sh", script("image/runtime.sh"), jar(program), home.toString()),
                jdk);
        Programs.run(
                in,
                List.of("/bin/sh", script("image/train.sh"), home.toString(), program, jar(other)),
                jdk);
    }

    /** A script of the project's. */
    static String script(String name) {
        return Path.of("..", "deploy", name).toAbsolutePath().normalize().toString();
    }

    private static String jar(String program) {
        return Path.of("..", program, "target", program + ".jar")
                .toAbsolutePath()
                .normalize()
                .toString();
    }
}
