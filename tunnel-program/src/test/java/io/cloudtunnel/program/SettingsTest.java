package io.cloudtunnel.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every accessor with good and bad values; the message names option, value and cure. */
class SettingsTest {

    private static final Option X = Option.of("x-y", "X_Y", "VALUE", "An option.");
    private static final Option KEY = Option.secret("key", "KEY", "TEXT", "A secret.");

    private static Settings with(String value) {
        return Settings.of(List.of(X, KEY), Map.of("x-y", value));
    }

    private static Settings empty() {
        return Settings.of(List.of(X, KEY), Map.of());
    }

    private static void assertMessage(String message, Executable call) {
        assertEquals(message, assertThrows(SettingException.class, call).getMessage());
    }

    @Test
    void textIsStrippedAndBlankIsNone() {
        assertEquals("a b", with(" a b\t").text(X));
        assertNull(with("  ").text(X));
        assertNull(empty().text(X));
        assertEquals("d", with("").text(X, "d"));
        assertEquals("a", with("a").text(X, "d"));
    }

    @Test
    void aBlankValueLeavesTheNextSourceItsSay() {
        Settings.Source blank = new Settings.Source(Option::flag, option -> " ");
        Settings.Source next = new Settings.Source(Option::key, option -> "v");
        assertEquals("v", new Settings(List.of(X), List.of(blank, next)).text(X));
    }

    @Test
    void whatIsRequiredIsAskedForInEveryWay() {
        assertEquals("a", with("a").required(X));
        assertMessage(
                "x-y is missing; give it as --x-y VALUE, as X_Y in the environment, or as 'x-y:'"
                        + " in application.yaml",
                () -> empty().required(X));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "65535,65535", "' 80 ',80"})
    void integers(String value, int expected) {
        assertEquals(expected, with(value).integer(X, 7, 1, 65_535));
        assertEquals(7, empty().integer(X, 7, 1, 65_535));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "x", "1.5", "99999999999", "0x10", "1 2"})
    void badIntegers(String value) {
        assertMessage(
                "x-y is '" + value + "'; it must be a whole number from 1 to 65535",
                () -> with(value).integer(X, 7, 1, 65_535));
    }

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "30s,PT30S", "55 m,PT55M", "2h,PT2H", "365d,PT8760H"})
    void durations(String value, Duration expected) {
        assertEquals(expected, with(value).duration(X, Duration.ZERO));
        assertEquals(Duration.ofDays(1), empty().duration(X, Duration.ofDays(1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0s",
                "30",
                "s",
                "-1s",
                "1.5s",
                "1w",
                "30S",
                "366d",
                "999999999d",
                "9999999999s",
                "1s1s"
            })
    void badDurations(String value) {
        assertMessage(
                "x-y is '"
                        + value
                        + "'; it must be a duration such as 500ms, 30s, 55m or 2h, of at most 365d",
                () -> with(value).duration(X, Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"4096,4096", "64KiB,65536", "2 MiB,2097152", "1GiB,1073741824", "10B,10"})
    void bytes(String value, long expected) {
        assertEquals(expected, with(value).bytes(X, 7, 10, 1L << 30));
        assertEquals(7, empty().bytes(X, 7, 10, 1L << 30));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9",
                "1073741825",
                "2GiB",
                "64KB",
                "1.5MiB",
                "-1",
                "x",
                "17179869185GiB",
                "999999999999GiB",
                "9999999999999"
            })
    void badBytes(String value) {
        assertMessage(
                "x-y is '"
                        + value
                        + "'; it must be a number of bytes such as 4096, 64KiB or 64MiB, from 10"
                        + " to 1073741824",
                () -> with(value).bytes(X, 7, 10, 1L << 30));
    }

    @ParameterizedTest
    @CsvSource({
        "true,true",
        "YES,true",
        "on,true",
        "1,true",
        "False,false",
        "no,false",
        "off,false",
        "0,false"
    })
    void flags(String value, boolean expected) {
        assertEquals(expected, with(value).flag(X, !expected));
        assertTrue(empty().flag(X, true));
        assertFalse(empty().flag(X, false));
    }

    @Test
    void badFlags() {
        assertMessage(
                "x-y is 'maybe'; it must be true or false", () -> with("maybe").flag(X, true));
    }

    @Test
    void words() {
        assertEquals("json", with("JSON").word(X, "text", "json"));
        assertNull(empty().word(X, "text", "json"));
        assertMessage(
                "x-y is 'xml'; it must be one of text, json",
                () -> with("xml").word(X, "text", "json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:3000", "https://a.example/base/", "http://[::1]:80"})
    void urls(String value) {
        assertEquals(URI.create(value), with(value).url(X));
        assertNull(empty().url(X));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.example",
                "ftp://a.example",
                "http:///x",
                "http://a.example?x",
                "http://a.example#x",
                "localhost:3000"
            })
    void badUrls(String value) {
        assertMessage(
                "x-y is '"
                        + value
                        + "'; it must be a URL such as https://example.com, without query or user",
                () -> with(value).url(X));
    }

    @Test
    void aTextThatIsNoUrlAtAll() {
        assertMessage(
                "x-y is 'http://a b'; it must be a URL such as https://example.com",
                () -> with("http://a b").url(X));
    }

    @Test
    void secretsAreNotRepeated() {
        Settings settings = Settings.of(List.of(KEY, X), Map.of("key", "hunter2"));
        for (Executable call :
                List.<Executable>of(
                        () -> settings.integer(KEY, 1, 1, 2),
                        () -> settings.duration(KEY, Duration.ZERO),
                        () -> settings.bytes(KEY, 1, 1, 2),
                        () -> settings.flag(KEY, true),
                        () -> settings.word(KEY, "a"),
                        () -> settings.url(KEY),
                        () -> {
                            throw settings.wrong(KEY, "better");
                        })) {
            var e = assertThrows(SettingException.class, call);
            String message = String.valueOf(e.getMessage());
            assertFalse(message.contains("hunter2"), message);
            assertTrue(message.startsWith("key has a wrong value; it must be "), message);
        }
        assertMessage(
                "x-y has a wrong value; it must be a URL such as https://example.com, without"
                        + " query or user",
                () -> with("http://me:hunter2@a.example").url(X));
    }

    @Test
    void aCheckOfTheProgramsOwnSpeaksTheSameWay() {
        assertEquals("x-y is 'a'; it must be b", with("a").wrong(X, "b").getMessage());
        assertEquals("x-y: give b", empty().wrong(X, "b").getMessage());
    }

    @Test
    void unknownKeysAndForeignOptionsAreRefused() {
        assertMessage(
                "unknown key 'y' in the configuration; known are: x-y, key",
                () -> Settings.of(List.of(X, KEY), Map.of("y", "1")));
        assertThrows(
                IllegalArgumentException.class,
                () -> empty().text(Option.of("other", "OTHER", "V", "Not ours.")));
    }
}
