package io.cloudtunnel.it.cloudrun;

/** The requests of the load. */
enum Kind {
    SMALL,
    POST,
    UPLOAD,
    DOWNLOAD;

    /** In two seconds there are 200: one download, 10 uploads, 30 posts. */
    static Kind of(long number) {
        int place = (int) (number % 200);
        if (place == 100) {
            return DOWNLOAD;
        }
        return place % 20 == 3 ? UPLOAD : place % 20 == 7 || place % 10 == 1 ? POST : SMALL;
    }

    boolean isPost() {
        return this == POST || this == UPLOAD;
    }
}
