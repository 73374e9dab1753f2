package io.cloudtunnel.program;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A block of YAML as JSON, for an option whose value is one. Texts stay as they were written; true,
 * false and whole numbers are what they are where they were not quoted. Stateless.
 */
final class YamlBlock {

    private static final int DEEPEST = 10; // aliases could make a loop
    private static final JsonStringEncoder STRINGS = JsonStringEncoder.getInstance();

    private YamlBlock() {}

    static String json(Node node) {
        StringBuilder out = new StringBuilder();
        write(node, 0, out);
        return out.toString();
    }

    private static void write(Node node, int depth, StringBuilder out) {
        if (depth > DEEPEST) {
            throw WrittenYaml.wrong(node);
        }
        switch (node) {
            case ScalarNode scalar -> scalar(scalar, out);
            case SequenceNode sequence -> {
                String separator = "[";
                for (Node element : sequence.getValue()) {
                    out.append(separator);
                    write(element, depth + 1, out);
                    separator = ",";
                }
                out.append(sequence.getValue().isEmpty() ? "[]" : "]");
            }
            case MappingNode mapping -> {
                String separator = "{";
                for (NodeTuple entry : mapping.getValue()) {
                    if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                        throw WrittenYaml.wrong(entry.getKeyNode());
                    }
                    out.append(separator);
                    quoted(key.getValue(), out);
                    out.append(':');
                    write(entry.getValueNode(), depth + 1, out);
                    separator = ",";
                }
                out.append(mapping.getValue().isEmpty() ? "{}" : "}");
            }
            default -> throw WrittenYaml.wrong(node);
        }
    }

    private static void scalar(ScalarNode node, StringBuilder out) {
        String text = node.getValue();
        boolean plain = text.equals("true") || text.equals("false");
        if (node.getTag().equals(Tag.NULL)) {
            out.append("null");
        } else if ((node.getTag().equals(Tag.BOOL) && plain)
                || (node.getTag().equals(Tag.INT) && text.matches("0|-?[1-9]\\d{0,17}"))) {
            out.append(text);
        } else {
            quoted(text, out);
        }
    }

    private static void quoted(String text, StringBuilder out) {
        out.append('"');
        STRINGS.quoteAsString(text, out);
        out.append('"');
    }
}
