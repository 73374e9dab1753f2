package io.cloudtunnel.agent;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what an agent tells. */
final class Recorder implements AgentListener {

    private final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void stateChanged(AgentState state, String detail) {
        told.add(state.name());
    }

    @Override
    public void publicUrl(String url) {
        told.add("url " + url);
    }

    @Override
    public void publicUrlChanged(String before, String url) {
        told.add("changed " + before + " " + url);
    }

    List<String> told() {
        return List.copyOf(told);
    }

    List<String> urls() {
        return told.stream().filter(each -> each.contains(" ")).toList();
    }
}
