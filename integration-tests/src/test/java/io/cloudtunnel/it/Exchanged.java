package io.cloudtunnel.it;

import java.util.List;
import java.util.function.UnaryOperator;

/** What both ends saw: the requests at the local service, the answers at the client. */
record Exchanged(List<Seen> requests, List<Seen> answers) {

    Exchanged requests(UnaryOperator<Seen> change) {
        return new Exchanged(requests.stream().map(change).toList(), answers);
    }

    Exchanged answers(UnaryOperator<Seen> change) {
        return new Exchanged(requests, answers.stream().map(change).toList());
    }
}
