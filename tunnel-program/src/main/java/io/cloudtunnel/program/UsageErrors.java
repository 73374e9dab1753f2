package io.cloudtunnel.program;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what is wrong with a command line, without repeating a value: what follows a mistyped flag
 * may be a secret, and messages end up in logs. Picocli's own messages quote it.
 */
final class UsageErrors {

    private static final Pattern FLAG =
            Pattern.compile("(--[a-z][a-z-]{0,31})(=.*)?", Pattern.DOTALL);

    private UsageErrors() {}

    static String message(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched.getUnmatched().getFirst(), flags(e));
        }
        if (!(argument(e) instanceof OptionSpec option)) {
            return "The options are wrong";
        }
        String flag = "'" + option.longestName() + "'";
        if (e instanceof MissingParameterException) {
            return "Missing value of option " + flag + " (" + option.paramLabel() + ")";
        }
        return e instanceof OverwrittenOptionException
                ? "Option " + flag + " is given twice"
                : "Option " + flag + " has a value that it does not take";
    }

    private static List<String> flags(ParameterException e) {
        return e.getCommandLine().getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .toList();
    }

    private static @Nullable ArgSpec argument(ParameterException e) {
        if (e instanceof OverwrittenOptionException overwritten) {
            return overwritten.getOverwritten();
        }
        if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
            return missing.getMissing().getFirst();
        }
        return e.getArgSpec();
    }

    /** Only the first one that did not match is known not to be the value of a mistyped flag. */
    private static String unmatched(String argument, List<String> flags) {
        Matcher flag = FLAG.matcher(argument);
        if (flag.matches()) {
            return "Unknown option '" + flag.group(1) + "'" + NearMiss.hint(flag.group(1), flags);
        }
        return argument.startsWith("-")
                ? "Unknown option, not shown since it may hold a secret"
                : "Unexpected argument, not shown since it may be a secret; options begin with --";
    }
}
