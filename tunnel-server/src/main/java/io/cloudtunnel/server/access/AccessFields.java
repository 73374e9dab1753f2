package io.cloudtunnel.server.access;

import io.cloudtunnel.protocol.frame.Fields;

/**
 * What the instance that a client reached tells the one that has the link, in the request's fields.
 * Clients cannot set them: whatever begins with {@code Cloudtunnel-} is dropped from what they
 * send; and agents never see them, since each link takes them out. Stateless.
 */
public final class AccessFields {

    /** The client's address, by the trusted hops. */
    public static final String CLIENT = "Cloudtunnel-Client";

    /** What an agent shows to its operator, beside its secret. */
    static final String AGENT = "Cloudtunnel-Authorization";

    /** Set where the credentials were checked already, and are not to be forwarded. */
    static final String CHECKED = "Cloudtunnel-Checked";

    private AccessFields() {}

    /** The fields with what was found out about their credentials. */
    public static Fields checked(Fields fields, boolean removesCredentials) {
        return removesCredentials ? fields.toBuilder().add(CHECKED, "1").build() : fields;
    }

    /** The fields as the agent gets them. */
    static Fields bare(Fields fields, boolean removesCredentials) {
        return removesCredentials || fields.contains(CHECKED)
                ? fields.without(CLIENT, CHECKED, "Authorization")
                : fields.without(CLIENT);
    }
}
