package io.cloudtunnel.server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.cloudtunnel.protocol.http.IpAddress;
import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.0/24,192.0.2.0,true",
        "192.0.2.0/24,192.0.2.255,true",
        "192.0.2.0/24,192.0.3.0,false",
        "192.0.2.0/24,192.0.1.255,false",
        "192.0.2.128/25,192.0.2.127,false",
        "192.0.2.128/25,192.0.2.128,true",
        "192.0.2.7,192.0.2.7,true",
        "192.0.2.7/32,192.0.2.6,false",
        "0.0.0.0/0,255.255.255.255,true",
        "0.0.0.0/0,2001:db8::1,false",
        "128.0.0.0/1,127.255.255.255,false",
        "128.0.0.0/1,128.0.0.0,true",
        "192.0.2.0/24,::ffff:192.0.2.9,true",
        "192.0.2.0/24,::ffff:c000:209,true",
        "::ffff:192.0.2.0/120,192.0.2.9,true",
        "::/0,192.0.2.1,false",
        "::/0,::1,true",
        "::1,::1,true",
        "::1,::2,false",
        "2001:db8::/32,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,true",
        "2001:db8::/32,2001:db9::,false",
        "2001:db8:0:8::/61,2001:db8:0:f::1,true",
        "2001:db8:0:8::/61,2001:db8:0:10::1,false",
        "2001:db8::/64,2001:db8::1:0:0:1,true",
        "2001:db8::/65,2001:db8::8000:0:0:0,false",
        "2001:db8::/65,2001:db8:0:0:7fff::1,true",
        "fe80::/10,fe80::1%eth0,true",
        "192.0.2.0/24,192.0.2.9:51000,true",
        "2001:db8::/32,[2001:db8::1]:443,true",
        "2001:db8::/32,[2001:db8::1],true",
    })
    void aBlockHoldsItsAddresses(String block, String address, boolean inside) {
        IpAddress parsed = IpAddress.ofClient(address);
        assertNotNull(parsed);
        assertEquals(inside, AddressBlock.parse(block).contains(parsed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.-4",
                "1.2.3.4 ",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "g::",
                "::1.2.3",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:2:3:4:5:6:7::8",
                "[::1",
                "::1]",
                "unknown",
                "localhost",
                "1.2.3.4:",
                "::ffff:1.2.3.4.5"
            })
    void whatIsNoAddressIsNone(String text) {
        assertNull(IpAddress.ofClient(text), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.1/24",
                "192.0.2.0/33",
                "192.0.2.0/",
                "192.0.2.0/-1",
                "192.0.2.0/024",
                "192.0.2.0/24/24",
                "2001:db8::1/64",
                "2001:db8::/129",
                "::ffff:0:0/80",
                "example.com",
                "/8"
            })
    void aBlockThatIsWrongIsAnError(String text) {
        assertThrows(IllegalArgumentException.class, () -> AddressBlock.parse(text));
    }

    /** Java's own reading of the same literals. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.3.4",
                "::",
                "::1",
                "1::",
                "1:2:3:4:5:6:7:8",
                "a:b::c",
                "::ffff:1.2.3.4",
                "64:ff9b::1.2.3.4",
                "0:0:0:0:0:0:0:0",
                "1:0:0:2::3"
            })
    void addressesAreReadAsJavaReadsThem(String text) throws Exception {
        IpAddress ours = IpAddress.parse(text);
        assertNotNull(ours);
        byte[] theirs = InetAddress.getByName(text).getAddress();
        long low = 0;
        for (int i = Math.max(0, theirs.length - 8); i < theirs.length; i++) {
            low = low << 8 | (theirs[i] & 0xFF);
        }
        assertEquals(theirs.length == 4 ? 0xFFFFL << 32 | low : low, ours.low());
        assertEquals(theirs.length == 4, ours.isV4());
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8,true",
        "2606:4700::1,true",
        "127.0.0.1,false",
        "10.1.2.3,false",
        "172.31.0.1,false",
        "172.32.0.1,true",
        "192.168.1.1,false",
        "169.254.169.254,false",
        "100.64.0.1,false",
        "0.0.0.0,false",
        "224.0.0.1,false",
        "255.255.255.255,false",
        "::1,false",
        "::,false",
        "fe80::1,false",
        "fd00::1,false",
        "ff02::1,false",
        "64:ff9b::a00:1,false",
        "2002:a00:1::,false",
    })
    void privateAddressesAreKnown(String address, boolean isPublic) throws Exception {
        assertEquals(isPublic, PublicHosts.isPublic(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1,192.0.2.1,true",
        "192.0.2.1,192.0.2.2,false",
        "2001:db8::1,2001:db8::2:0:0:1,true",
        "2001:db8::1,2001:db8:0:1::1,false",
        "192.0.2.1,::ffff:192.0.2.1,true",
    })
    void aClientIsAnAddressOrA64(String one, String other, boolean same) {
        IpAddress first = IpAddress.ofClient(one);
        IpAddress second = IpAddress.ofClient(other);
        assertTrue(first != null && second != null);
        assertEquals(same, first.client().equals(second.client()));
    }
}
