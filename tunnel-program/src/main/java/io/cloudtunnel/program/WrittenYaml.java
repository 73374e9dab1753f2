package io.cloudtunnel.program;

import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.config.Config;
import io.helidon.config.spi.ConfigNode;
import io.helidon.config.spi.ConfigNode.ListNode;
import io.helidon.config.spi.ConfigNode.ObjectNode;
import io.helidon.config.spi.ConfigNode.ValueNode;
import io.helidon.config.spi.ConfigParser;
import io.helidon.config.spi.ConfigParserException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * YAML whose values are the text that was written. Helidon's own parser makes numbers and dates of
 * unquoted ones, and those back into text: a key of {@code 0123} would become 83, and {@code 1e5}
 * 100000.0. For one file, and one thread.
 */
final class WrittenYaml implements ConfigParser {

    private static final int DEEPEST = 10; // aliases could make a loop

    private final Predicate<String> blocks;
    private final Map<String, Integer> lines;

    /**
     * A parser.
     *
     * @param blocks keys, with dots between their parts, whose values are taken as JSON
     * @param lines is told in which line each key stands
     */
    WrittenYaml(Predicate<String> blocks, Map<String, Integer> lines) {
        this.blocks = blocks;
        this.lines = lines;
    }

    @Override
    public Set<MediaType> supportedMediaTypes() {
        return Set.of(MediaTypes.APPLICATION_X_YAML);
    }

    @Override
    @SuppressWarnings("deprecation") // the one that has to be there
    public ObjectNode parse(Content content) {
        try {
            // Composed, not constructed: a node still has its text.
            @Nullable Node root =
                    new Yaml(new LoaderOptions())
                            .compose(new InputStreamReader(content.data(), StandardCharsets.UTF_8));
            return root == null || isEmpty(root) ? ObjectNode.empty() : object(root, "", 0);
        } catch (YAMLException e) {
            throw new ConfigParserException(String.valueOf(e.getMessage()), e);
        }
    }

    private static boolean isEmpty(Node node) {
        return node.getTag().equals(Tag.NULL); // nothing, ~ or null
    }

    private ConfigNode node(Node node, String path, int depth) {
        return switch (node) {
            case ScalarNode scalar -> ValueNode.create(isEmpty(node) ? "" : scalar.getValue());
            case SequenceNode sequence -> list(sequence, path, depth + 1);
            default -> object(node, path + ".", depth + 1);
        };
    }

    private ListNode list(SequenceNode node, String path, int depth) {
        ListNode.Builder list = ListNode.builder();
        int index = 0;
        for (Node element : node.getValue()) {
            // Not a key: a place in a list is no name of anything.
            String place = path + "[" + index++ + "]";
            lines.put(place, element.getStartMark().getLine() + 1);
            switch (node(element, place, depth)) {
                case ObjectNode object -> list.addObject(object);
                case ListNode inner -> list.addList(inner);
                case ConfigNode value -> list.addValue((ValueNode) value);
            }
        }
        return list.build();
    }

    private ObjectNode object(Node node, String before, int depth) {
        if (!(node instanceof MappingNode mapping) || depth > DEEPEST) {
            throw wrong(node);
        }
        Set<String> keys = new HashSet<>();
        ObjectNode.Builder object = ObjectNode.builder();
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key) || !keys.add(key.getValue())) {
                throw wrong(entry.getKeyNode());
            }
            String path = before + Config.Key.escapeName(key.getValue());
            lines.put(path, key.getStartMark().getLine() + 1);
            object.addNode(
                    key.getValue(),
                    blocks.test(path)
                            ? ValueNode.create(block(entry.getValueNode()))
                            : node(entry.getValueNode(), path, depth));
        }
        return object.build();
    }

    private static String block(Node node) {
        // A text may be given for a block, too, as elsewhere.
        return node instanceof ScalarNode scalar
                ? isEmpty(node) ? "" : scalar.getValue()
                : YamlBlock.json(node);
    }

    static ConfigParserException wrong(Node node) {
        return new ConfigParserException(
                "not keys and values, line %d, column %d"
                        .formatted(
                                node.getStartMark().getLine() + 1,
                                node.getStartMark().getColumn() + 1));
    }
}
