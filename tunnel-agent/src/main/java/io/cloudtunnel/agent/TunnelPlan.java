package io.cloudtunnel.agent;

import io.cloudtunnel.program.Configuration;
import io.cloudtunnel.program.Option;
import io.cloudtunnel.program.SettingException;
import io.cloudtunnel.program.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel as the configuration has it. Immutable.
 *
 * @param name tells it from the others of the file; empty where it is the only one, without a name
 * @param settings that count for it
 * @param state all that it depends on, for telling whether something has changed; holds secrets
 */
record TunnelPlan(String name, Settings settings, Map<String, String> state) {

    private static final long LARGEST_FILE = 1 << 20;

    /**
     * All tunnels of a configuration, by name.
     *
     * @throws SettingException if two of them would be the same one for the server
     */
    static Map<String, TunnelPlan> of(Configuration configuration) {
        Map<String, TunnelPlan> plans = new TreeMap<>();
        if (configuration.groups().isEmpty()) {
            plans.put("", of("", configuration.settings()));
        }
        configuration.groups().forEach((name, settings) -> plans.put(name, of(name, settings)));
        Map<String, String> owners = new HashMap<>();
        for (TunnelPlan plan : plans.values()) {
            String other = owners.put(plan.identity(), plan.name);
            if (other != null) {
                throw new SettingException(
                        "the tunnels '"
                                + other
                                + "' and '"
                                + plan.name
                                + "' are the same one for their server: give each an 'id:' or"
                                + " 'name:' of its own, or leave that out");
            }
        }
        return plans;
    }

    private static TunnelPlan of(String name, Settings settings) {
        Map<String, String> state = new TreeMap<>(settings.given());
        AgentOptions.OF_PROGRAM.forEach(option -> state.remove(option.key()));
        for (Option option : AgentOptions.READ_ONCE) {
            String file = settings.text(option);
            if (file != null) {
                state.put(option.key() + "#", digest(file));
            }
        }
        return new TunnelPlan(name, settings, Map.copyOf(state));
    }

    /** What tells one file's content from another one; whether it can be read is seen later. */
    private static String digest(String file) {
        try {
            Path path = Path.of(file);
            if (!Files.isRegularFile(path) || Files.size(path) > LARGEST_FILE) {
                return "";
            }
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(path), sha256)) {
                long ignored = in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (IOException | InvalidPathException e) {
            return "";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What it is at its server. */
    private String identity() {
        @Nullable String id = settings.text(AgentOptions.ID);
        List<String> parts = new ArrayList<>();
        parts.add(settings.text(AgentOptions.SERVER, ""));
        parts.add(id == null ? "" : id);
        if (id == null) {
            parts.add(settings.text(AgentOptions.CREDENTIALS, ""));
            parts.add(settings.text(AgentOptions.NAME, name));
        }
        return String.join("\n", parts);
    }

    /** Whether nothing has changed. */
    boolean isSameAs(TunnelPlan other) {
        return name.equals(other.name) && state.equals(other.state);
    }

    /** In front of a message about it. */
    String label() {
        return name.isEmpty() ? "" : "tunnel '" + name + "': ";
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "TunnelPlan[" + name + "]";
    }
}
