package io.cloudtunnel.protocol.session;

import io.cloudtunnel.protocol.frame.Limits;
import org.jspecify.annotations.Nullable;

/** The failures that both ends of JSON mode tell. */
final class JsonFailures {

    private JsonFailures() {}

    static ExchangeException bodyTooLarge(Limits limits) {
        return ExchangeException.of(ErrorCode.BODY_TOO_LARGE, mostBytes(limits));
    }

    static ExchangeException answerTooLarge(Limits limits) {
        return ExchangeException.of(ErrorCode.ANSWER_TOO_LARGE, mostBytes(limits));
    }

    private static String mostBytes(Limits limits) {
        return "the JSON protocol carries at most " + limits.jsonBodyBytes() + " bytes here";
    }

    static ExchangeException outOfBudget() {
        return ExchangeException.of(ErrorCode.OUT_OF_BUDGET, "try again");
    }

    static ExchangeException tooManyStreams(Limits limits) {
        return ExchangeException.of(
                ErrorCode.TOO_MANY_STREAMS, limits.streams() + " are open, which is the limit");
    }

    /** It was not handed over, and will not be. */
    static ExchangeException noTurn(Limits limits) {
        return ExchangeException.of(
                        ErrorCode.TOO_MANY_STREAMS,
                        "its turn to be sent did not come within "
                                + limits.turnWait().toMillis()
                                + " ms")
                .untouched();
    }

    static ExchangeException upgradeNotCarried() {
        return ExchangeException.of(
                ErrorCode.UPGRADE_NOT_CARRIED, "the agent speaks the JSON protocol");
    }

    static ExchangeException notConnected() {
        return ExchangeException.of(ErrorCode.AGENT_NOT_CONNECTED).untouched();
    }

    static ExchangeException lost() {
        return ExchangeException.of(ErrorCode.OUTCOME_UNKNOWN);
    }

    static ExchangeException expired() {
        return ExchangeException.of(ErrorCode.OUTCOME_UNKNOWN, "its lifetime was over");
    }

    static ExchangeException malformed(@Nullable String problem) {
        return ExchangeException.of(ErrorCode.AGENT_ANSWER_MALFORMED, String.valueOf(problem));
    }
}
