// TLS: who is believed, who is not, and why.

#include "mailtool/net/tls.h"

#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "mailtool/net/dialer.h"
#include "net/tls_verify.h"
#include "support/temp_dir.h"
#include "test_certificate.h"
#include "test_server.h"

namespace mailtool::net {
namespace {

using namespace std::chrono_literals;
using test::CertificateSpec;
using test::Identity;
using test::make_identity;
using test::Peer;
using test::server_tls;
using test::ServerTls;
using test::test_ca;
using test::TestServer;

class Tls : public testing::Test {
 protected:
  Tls() : ca_file_(dir_.path() / "ca.pem") {
    std::ofstream(ca_file_) << test_ca().certificate_pem();
  }

  // Connects to `server` as mail.test with implicit TLS.
  Result<Dialed> dial(const TestServer& server, TlsPolicy policy,
                      const std::string& host = "mail.test",
                      DialOptions options = {}) {
    DialTarget target;
    target.host = host;
    target.port = 993;
    target.endpoints = {server.endpoint()};
    target.tls = std::move(policy);
    target.implicit_tls = true;
    return Dialer(resolver_, std::move(options)).dial(target);
  }
  TlsPolicy trusting_ca() {
    TlsPolicy policy;
    policy.ca_file = ca_file_.string();
    return policy;
  }

  mailtool::test::TempDir dir_;
  std::filesystem::path ca_file_;
  Resolver resolver_{ResolverOptions{}};
};

// A server that greets over TLS and leaves by close_notify.
TestServer::Handler greeting(const Identity& identity,
                             ServerTls settings = {}) {
  return [context = server_tls(identity, settings)](Peer& peer) {
    if (!peer.start_tls(context.get())) return;
    peer.send("hello");
    peer.close_tls();
    peer.receive_all();
  };
}

std::string read_all(Stream& stream) {
  std::string all;
  std::array<char, 4096> buffer{};
  while (true) {
    const auto count = stream.read_some(buffer);
    if (!count) return all + "<" + count.error().what + ">";
    if (*count == 0) return all + "<end>";
    all.append(buffer.data(), *count);
  }
}

TEST_F(Tls, ProvesTheNameAndEndsCleanly) {
  TestServer server(greeting(make_identity({}, &test_ca())));
  auto dialed = dial(server, trusting_ca());
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  const auto info = dialed->stream->tls();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->version, "TLSv1.3");
  EXPECT_FALSE(info->cipher.empty());
  EXPECT_FALSE(info->client_certificate);
  EXPECT_EQ(read_all(*dialed->stream), "hello<end>");
}

struct Case {
  const char* why;
  CertificateSpec spec;
  const char* host;
  const char* says;  // nullptr: trusted
};

std::string day(int days) {
  const std::time_t at = std::time(nullptr) + 86400L * days;
  std::array<char, 20> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", std::gmtime(&at));
  return text.data();
}

TEST_F(Tls, NamesAndDates) {
  const std::string expired = "the certificate expired on " + day(-2);
  const std::string early = "the certificate is not valid before " + day(2);
  // clang-format off
  const Case cases[] = {
    {"exact name",          {}, "mail.test", nullptr},
    {"case, final dot",     {}, "MAIL.test.", nullptr},
    {"wildcard",            {.names = "DNS:*.mail.test"}, "a.mail.test", nullptr},
    {"wildcard, two labels", {.names = "DNS:*.mail.test"}, "a.b.mail.test", "the certificate is for *.mail.test, not for a.b.mail.test"},
    {"wildcard itself",     {.names = "DNS:*.mail.test"}, "mail.test", "the certificate is for *.mail.test, not for mail.test"},
    {"partial wildcard",    {.names = "DNS:m*.mail.test"}, "mx.mail.test", "the certificate is for m*.mail.test, not for mx.mail.test"},
    {"star alone",          {.names = "DNS:*"}, "test", "the certificate is for *, not for test"},
    {"star for a whole TLD", {.names = "DNS:*.test"}, "mail.test", "the certificate is for *.test, not for mail.test"},
    {"IDN",                 {.names = "DNS:xn--bcher-kva.test"}, "bücher.test", nullptr},
    {"address",             {.names = "IP:192.0.2.1"}, "192.0.2.1", nullptr},
    {"IPv6 in brackets",    {.names = "IP:2001:db8::1"}, "[2001:db8::1]", nullptr},
    {"address as a DNS name", {.names = "DNS:192.0.2.1"}, "192.0.2.1", "the certificate is for 192.0.2.1, not for 192.0.2.1"},
    {"another address",     {.names = "IP:192.0.2.1,DNS:a.test"}, "192.0.2.2", "the certificate is for 192.0.2.1, a.test, not for 192.0.2.2"},
    {"another name",        {.names = "DNS:a.test,DNS:b.test"}, "mail.test", "the certificate is for a.test, b.test, not for mail.test"},
    {"many other names",    {.names = "DNS:a.test,DNS:b.test,DNS:c.test,DNS:d.test,DNS:e.test,DNS:f.test"}, "mail.test", "e.test and more, not for mail.test"},
    {"suffix is no match",  {.names = "DNS:test"}, "mail.test", "the certificate is for test, not for mail.test"},
    {"common name only",    {.common_name = "mail.test", .names = ""}, "mail.test", "the certificate names no host but in its common name, 'mail.test'"},
    {"common name and another SAN", {.common_name = "mail.test", .names = "DNS:a.test"}, "mail.test", "the certificate is for a.test, not for mail.test"},
    {"expired",             {.from_days = -9, .to_days = -2}, "mail.test", expired.c_str()},
    {"not yet valid",       {.from_days = 2}, "mail.test", early.c_str()},
    {"client's certificate", {.usage = "clientAuth"}, "mail.test", "the certificate is not meant for servers"},
    {"escapes in a name",   {.common_name = "a\x1b[31mb", .names = ""}, "mail.test", "'a\\x1b[31mb'"},
  };
  // clang-format on
  for (const auto& item : cases) {
    TestServer server(greeting(make_identity(item.spec, &test_ca())));
    auto dialed = dial(server, trusting_ca(), item.host);
    if (item.says == nullptr) {
      EXPECT_TRUE(dialed) << item.why << ": " << dialed.error().one_line();
      continue;
    }
    ASSERT_FALSE(dialed) << item.why;
    EXPECT_EQ(dialed.error().kind, ErrorKind::untrusted) << item.why;
    EXPECT_NE(dialed.error().what.find(item.says), std::string::npos)
        << item.why << ": " << dialed.error().what;
    EXPECT_NE(dialed.error().hint.find("--tls-pin sha256:"), std::string::npos)
        << item.why << ": " << dialed.error().hint;
  }
}

TEST_F(Tls, ChainsThatProveNothing) {
  const Identity self = make_identity({});
  const Identity other_ca =
      make_identity({.common_name = "Other CA", .names = "", .ca = true});
  const Identity foreign = make_identity({}, &other_ca);
  const Identity no_ca = make_identity({.common_name = "No CA"}, &test_ca());
  const std::pair<const Identity*, const char*> cases[] = {
      {&self, "the certificate is self-signed"},
      {&foreign, "the issuer 'Other CA' of the certificate is not trusted"}};
  for (const auto& [identity, says] : cases) {
    TestServer server(greeting(*identity));
    for (const bool system : {false, true}) {
      auto dialed = dial(server, system ? TlsPolicy{} : trusting_ca());
      ASSERT_FALSE(dialed) << says;
      EXPECT_EQ(dialed.error().kind, ErrorKind::untrusted);
      EXPECT_NE(dialed.error().what.find(says), std::string::npos)
          << dialed.error().what;
    }
  }
  // Signed by a certificate that may not sign, though it is trusted itself.
  const Identity below = make_identity({}, &no_ca);
  std::ofstream(dir_.path() / "no_ca.pem") << no_ca.certificate_pem();
  TestServer server(greeting(below));
  TlsPolicy policy;
  policy.ca_file = (dir_.path() / "no_ca.pem").string();
  auto dialed = dial(server, policy);
  ASSERT_FALSE(dialed);
  EXPECT_EQ(dialed.error().kind, ErrorKind::untrusted);
  EXPECT_NE(dialed.error().what.find("may not issue any"), std::string::npos)
      << dialed.error().what;
}

TEST_F(Tls, CaFileMayHoldTheCertificateItself) {
  const Identity self = make_identity({});
  std::ofstream(dir_.path() / "self.pem") << self.certificate_pem();
  TestServer server(greeting(self));
  TlsPolicy policy;
  policy.ca_file = (dir_.path() / "self.pem").string();
  EXPECT_TRUE(dial(server, policy));
  const auto other = dial(server, policy, "other.test");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::untrusted);
}

TEST_F(Tls, PinAloneProvesTheServer) {
  const Identity self =
      make_identity({.names = "DNS:x.test", .from_days = -9, .to_days = -2});
  TestServer server(greeting(self));
  TlsPolicy policy;
  policy.pins = {std::string(64, '0'), spki_pin(self.certificate.get())};
  EXPECT_TRUE(dial(server, policy));

  policy.pins = {std::string(64, '0')};
  const auto wrong = dial(server, policy);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().kind, ErrorKind::untrusted);
  EXPECT_EQ(wrong.error().hint,
            "the server's key is sha256:" + spki_pin(self.certificate.get()));

  // With a CA file as well, both have to agree.
  policy = trusting_ca();
  policy.pins = {spki_pin(self.certificate.get())};
  const auto unsigned_by_ca = dial(server, policy);
  ASSERT_FALSE(unsigned_by_ca);
  EXPECT_EQ(unsigned_by_ca.error().kind, ErrorKind::untrusted);
}

TEST_F(Tls, PinIsTheHashOfTheKey) {
  const Identity self = make_identity({});
  unsigned char* der = nullptr;
  const int count = i2d_PUBKEY(self.key.get(), &der);
  ASSERT_GT(count, 0);
  std::array<unsigned char, 32> digest{};
  SHA256(der, static_cast<std::size_t>(count), digest.data());
  OPENSSL_free(der);
  std::string colons;
  for (const unsigned char octet : digest) {
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%02X:", octet);
    colons += hex.data();
  }
  colons.pop_back();
  const auto pin = parse_tls_pin("SHA256:" + colons);
  ASSERT_TRUE(pin) << pin.error().what;
  EXPECT_EQ(*pin, spki_pin(self.certificate.get()));
  for (const char* text : {"", "sha256:", "sha256:abcd", "sha1:aaaa"})
    EXPECT_EQ(parse_tls_pin(text).error().kind, ErrorKind::usage) << text;
  EXPECT_FALSE(parse_tls_pin("sha256:" + std::string(64, 'g')));
}

TEST_F(Tls, EncryptsWithoutProofWhenAskedTo) {
  TestServer server(greeting(make_identity({.names = "DNS:x.test"})));
  TlsPolicy policy;
  policy.verify = false;
  auto dialed = dial(server, policy);
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  EXPECT_EQ(read_all(*dialed->stream), "hello<end>");
}

TEST_F(Tls, NameToProveMayDifferFromTheHost) {
  std::string server_name;
  const auto context = server_tls(make_identity({}, &test_ca()));
  {
    TestServer server([&](Peer& peer) {
      if (!peer.start_tls(context.get())) return;
      const char* name =
          SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
      server_name = name == nullptr ? "none" : name;
      peer.close_tls();
    });
    auto policy = trusting_ca();
    policy.name = "Mail.Test.";
    auto dialed = dial(server, policy, "192.0.2.7");
    ASSERT_TRUE(dialed) << dialed.error().one_line();
    EXPECT_EQ(read_all(*dialed->stream), "<end>");
  }
  EXPECT_EQ(server_name, "mail.test");
}

TEST_F(Tls, NoServerNameForAnAddress) {
  std::string server_name;
  const auto context =
      server_tls(make_identity({.names = "IP:127.0.0.1"}, &test_ca()));
  {
    TestServer server([&](Peer& peer) {
      if (!peer.start_tls(context.get())) return;
      const char* name =
          SSL_get_servername(peer.tls(), TLSEXT_NAMETYPE_host_name);
      server_name = name == nullptr ? "none" : name;
      peer.close_tls();
    });
    auto dialed = dial(server, trusting_ca(), "127.0.0.1");
    ASSERT_TRUE(dialed) << dialed.error().one_line();
    EXPECT_EQ(read_all(*dialed->stream), "<end>");
  }
  EXPECT_EQ(server_name, "none");
}

TEST_F(Tls, FloorOfTheVersion) {
  TestServer server(
      greeting(make_identity({}, &test_ca()), {.max_version = TLS1_2_VERSION}));
  auto policy = trusting_ca();
  auto dialed = dial(server, policy);
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  EXPECT_EQ(dialed->stream->tls()->version, "TLSv1.2");
  dialed->stream.reset();
  policy.floor = TlsFloor::tls1_3;
  const auto refused = dial(server, policy);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::protocol);
  EXPECT_EQ(refused.error().what, "the server has no TLS 1.3");
}

TEST_F(Tls, OldVersionsAndNamelessCiphersAreRefused) {
  const ServerTls settings[] = {
      {.max_version = TLS1_VERSION, .ciphers = "ALL:@SECLEVEL=0"},
      {.max_version = TLS1_1_VERSION, .ciphers = "ALL:@SECLEVEL=0"},
      {.max_version = TLS1_2_VERSION, .ciphers = "ADH:@SECLEVEL=0"},
      {.max_version = TLS1_2_VERSION, .ciphers = "eNULL:@SECLEVEL=0"}};
  for (const auto& setting : settings) {
    TestServer server(greeting(make_identity({}, &test_ca()), setting));
    TlsPolicy opportunistic;
    opportunistic.verify = false;
    for (const auto& policy : {trusting_ca(), opportunistic}) {
      const auto refused = dial(server, policy);
      ASSERT_FALSE(refused) << setting.ciphers;
      EXPECT_EQ(refused.error().kind, ErrorKind::protocol)
          << setting.ciphers << ": " << refused.error().one_line();
      if (setting.max_version < TLS1_2_VERSION) {
        EXPECT_EQ(refused.error().what, "the server has no TLS 1.2 or newer");
      }
    }
  }
}

struct Greeting {
  const char* why;
  std::string octets;
  ErrorKind kind;
  const char* says;
  const char* server_said;
};

TEST_F(Tls, WhatIsNoTls) {
  // clang-format off
  const Greeting greetings[] = {
    {"SMTP",  "220 mail.test ESMTP\r\nmore",  ErrorKind::protocol, "not TLS on this port: the server greeted in clear text", "220 mail.test ESMTP"},
    {"POP3",  "+OK ready\r\n",                ErrorKind::protocol, "not TLS on this port: the server greeted in clear text", "+OK ready"},
    {"IMAP",  "* OK IMAP4rev1\r\n",           ErrorKind::protocol, "not TLS on this port: the server greeted in clear text", "* OK IMAP4rev1"},
    {"HTTP",  "HTTP/1.1 400 Bad\r\n\r\n",     ErrorKind::protocol, "not TLS on this port: the server greeted in clear text", "HTTP/1.1 400 Bad"},
    {"short", "* \r\n",                       ErrorKind::protocol, "not TLS on this port: the server greeted in clear text", "* "},
    {"nonsense record", std::string("\x17\xff\xff\xff\xff\xff\xff", 7), ErrorKind::protocol, "TLS failed: ", ""},
    {"alert", std::string("\x15\x03\x01\0\2\2\x28", 7), ErrorKind::protocol, "the server refuses the TLS handshake", ""},
    {"closed at once", "",                    ErrorKind::disconnected, "the server closed the connection in the TLS handshake", ""},
  };
  // clang-format on
  for (const auto& item : greetings) {
    TestServer server([&item](Peer& peer) {
      peer.send(item.octets);
      ::shutdown(peer.fd(), SHUT_WR);
      peer.receive_all();
    });
    const auto dialed = dial(server, trusting_ca());
    ASSERT_FALSE(dialed) << item.why;
    EXPECT_EQ(dialed.error().kind, item.kind)
        << item.why << ": " << dialed.error().one_line();
    EXPECT_TRUE(dialed.error().what.starts_with(item.says))
        << item.why << ": " << dialed.error().what;
    EXPECT_EQ(dialed.error().server_said, item.server_said) << item.why;
  }
}

TEST_F(Tls, HandshakeObeysTheTimeout) {
  for (const char* first : {"", "\x16\x03\x03"}) {
    TestServer server([first](Peer& peer) {
      peer.send(first);
      peer.receive_all();
    });
    DialOptions options;
    options.timeout = 80ms;
    const auto dialed = dial(server, trusting_ca(), "mail.test", options);
    ASSERT_FALSE(dialed);
    EXPECT_EQ(dialed.error().kind, ErrorKind::timed_out);
    EXPECT_EQ(dialed.error().what,
              "the TLS handshake was not done within 80 ms");
  }
}

TEST_F(Tls, HandshakeObeysTheInterrupt) {
  TestServer server([](Peer& peer) { peer.receive_all(); });
  DialOptions options;
  options.run.interrupt_fd = ::eventfd(0, EFD_CLOEXEC);
  std::thread signal([fd = options.run.interrupt_fd] {
    std::this_thread::sleep_for(30ms);
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(fd, &one, sizeof one), 8);
  });
  const auto dialed = dial(server, trusting_ca(), "mail.test", options);
  signal.join();
  ::close(options.run.interrupt_fd);
  ASSERT_FALSE(dialed);
  EXPECT_EQ(dialed.error().kind, ErrorKind::interrupted);
}

TEST_F(Tls, CutWithoutCloseNotifyIsNoEnd) {
  const auto context = server_tls(make_identity({}, &test_ca()));
  TestServer server([&](Peer& peer) {
    if (!peer.start_tls(context.get())) return;
    peer.send("half a mess");
    ::shutdown(peer.fd(), SHUT_WR);
    std::array<char, 1> until_closed{};
    ::recv(peer.fd(), until_closed.data(), until_closed.size(), 0);
  });
  auto dialed = dial(server, trusting_ca());
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  EXPECT_EQ(read_all(*dialed->stream),
            "half a mess<the connection was cut without a TLS close_notify>");
}

TEST_F(Tls, CutIsStillTheReasonOnceReadableHasSeenIt) {
  const auto context = server_tls(make_identity({}, &test_ca()));
  TestServer server([&](Peer& peer) {
    if (peer.start_tls(context.get())) ::shutdown(peer.fd(), SHUT_WR);
    std::array<char, 1> until_closed{};
    ::recv(peer.fd(), until_closed.data(), until_closed.size(), 0);
  });
  auto dialed = dial(server, trusting_ca());
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  for (int i = 0; i < 500 && !dialed->stream->readable(); ++i)
    std::this_thread::sleep_for(1ms);
  std::array<char, 1> buffer{};
  for (int i = 0; i < 2; ++i) {
    const auto count = dialed->stream->read_some(buffer);
    ASSERT_FALSE(count);
    EXPECT_EQ(count.error().kind, ErrorKind::disconnected)
        << count.error().what;
  }
}

TEST_F(Tls, WritingToAPeerThatIsGoneRaisesNoSignal) {
  const auto context = server_tls(make_identity({}, &test_ca()));
  TestServer server([&](Peer& peer) {
    if (peer.start_tls(context.get())) peer.reset();
  });
  auto dialed = dial(server, trusting_ca());
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  Result<void> sent;
  for (int i = 0; i < 1000 && sent; ++i)
    sent = dialed->stream->write_all(std::string(65536, 'x'));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::disconnected);
}

TEST_F(Tls, StreamSaysCloseNotify) {
  const auto context = server_tls(make_identity({}, &test_ca()));
  int shutdown = 0;
  {
    TestServer server([&](Peer& peer) {
      if (!peer.start_tls(context.get())) return;
      peer.receive_all();
      shutdown = SSL_get_shutdown(peer.tls());
    });
    auto dialed = dial(server, trusting_ca());
    ASSERT_TRUE(dialed) << dialed.error().one_line();
    ASSERT_TRUE(dialed->stream->write_all("bye"));
  }
  EXPECT_NE(shutdown & SSL_RECEIVED_SHUTDOWN, 0);
}

TEST_F(Tls, LargeTransfersBothWays) {
  const auto context = server_tls(make_identity({}, &test_ca()));
  TestServer server([&](Peer& peer) {
    if (!peer.start_tls(context.get())) return;
    peer.send(peer.receive(4 << 20));
    peer.close_tls();
    peer.receive_all();
  });
  auto dialed = dial(server, trusting_ca());
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  ASSERT_TRUE(dialed->stream->write_all(std::string(4 << 20, 'y')));
  EXPECT_EQ(read_all(*dialed->stream), std::string(4 << 20, 'y') + "<end>");
}

TEST_F(Tls, UpgradeInPlace) {
  const auto context = server_tls(make_identity({}, &test_ca()));
  TestServer server([&](Peer& peer) {
    peer.send("220\r\n");
    peer.receive(10);
    peer.send("220 go\r\n");
    if (!peer.start_tls(context.get())) return;
    peer.send(peer.receive(6));
    peer.close_tls();
  });
  DialTarget target;
  target.host = "mail.test";
  target.endpoints = {server.endpoint()};
  target.tls = trusting_ca();
  auto dialed = Dialer(resolver_, {}).dial(target);
  ASSERT_TRUE(dialed);
  Stream& stream = *dialed->stream;
  std::array<char, 5> greeting{};
  ASSERT_TRUE(stream.read_some(greeting));
  ASSERT_TRUE(stream.write_all("STARTTLS\r\n"));
  std::array<char, 8> go{};
  ASSERT_TRUE(stream.read_some(go));
  EXPECT_FALSE(stream.tls());
  ASSERT_TRUE(stream.start_tls());
  EXPECT_TRUE(stream.tls());
  ASSERT_TRUE(stream.write_all("EHLO\r\n"));
  EXPECT_EQ(read_all(stream), "EHLO\r\n<end>");
}

TEST_F(Tls, UpgradeAnsweredInClearText) {
  TestServer server([](Peer& peer) {
    peer.send("250 what?\r\n");
    peer.receive_all();
  });
  DialTarget target;
  target.host = "mail.test";
  target.endpoints = {server.endpoint()};
  target.tls = trusting_ca();
  auto dialed = Dialer(resolver_, {}).dial(target);
  ASSERT_TRUE(dialed);
  const auto secured = dialed->stream->start_tls();
  ASSERT_FALSE(secured);
  EXPECT_EQ(secured.error().kind, ErrorKind::protocol);
  EXPECT_EQ(secured.error().one_line(),
            "clear text instead of TLS: server said: 250 what?");
}

std::string types(const TlsInfo& info) {
  std::string all;
  for (const auto& binding : info.bindings)
    all += binding.type + " " + std::to_string(binding.octets.size()) + " ";
  return all;
}

TEST_F(Tls, ChannelBindings) {
  const Identity identity = make_identity({}, &test_ca());
  struct Row {
    ServerTls settings;
    const char* types;
  };
  const Row rows[] = {
      {{}, "tls-exporter 32 tls-server-end-point 32 "},
      {{.max_version = TLS1_2_VERSION},
       "tls-server-end-point 32 tls-exporter 32 "},
      {{.max_version = TLS1_2_VERSION, .extended_master = false},
       "tls-server-end-point 32 "}};
  for (const auto& row : rows) {
    const auto context = server_tls(identity, row.settings);
    std::string exported;
    std::optional<TlsInfo> info;
    {
      TestServer server([&](Peer& peer) {
        if (!peer.start_tls(context.get())) return;
        exported.resize(32);
        SSL_export_keying_material(
            peer.tls(), reinterpret_cast<unsigned char*>(exported.data()), 32,
            "EXPORTER-Channel-Binding", 24, nullptr, 0, 1);
        peer.close_tls();
      });
      auto dialed = dial(server, trusting_ca());
      ASSERT_TRUE(dialed) << dialed.error().one_line();
      info = dialed->stream->tls();
      EXPECT_EQ(read_all(*dialed->stream), "<end>");
    }
    EXPECT_EQ(types(*info), row.types);
    std::array<unsigned char, 32> digest{};
    unsigned count = 0;
    X509_digest(identity.certificate.get(), EVP_sha256(), digest.data(),
                &count);
    const std::string hash(digest.begin(), digest.end());
    for (const auto& binding : info->bindings)
      EXPECT_EQ(binding.octets,
                binding.type == "tls-exporter" ? exported : hash)
          << "as the server has it: " << binding.type;
  }
}

TEST_F(Tls, Ed25519HasNoServerEndPoint) {
  const Identity self = make_identity({.ed25519 = true});
  TestServer server(greeting(self));
  TlsPolicy policy;
  policy.pins = {spki_pin(self.certificate.get())};
  auto dialed = dial(server, policy);
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  EXPECT_EQ(types(*dialed->stream->tls()), "tls-exporter 32 ");
}

TEST_F(Tls, ClientCertificate) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TestServer server(greeting(make_identity({}, &test_ca()),
                               {.max_version = version, .ask_client = true}));
    auto policy = trusting_ca();
    policy.certificate_file = (dir_.path() / "client.pem").string();
    make_identity({.names = "email:a@test"}, &test_ca())
        .save(policy.certificate_file);
    auto dialed = dial(server, policy);
    ASSERT_TRUE(dialed) << dialed.error().one_line();
    EXPECT_TRUE(dialed->stream->tls()->client_certificate);
    EXPECT_EQ(read_all(*dialed->stream), "hello<end>");
  }
}

TEST_F(Tls, MissingClientCertificateIsSaid) {
  TestServer server(
      greeting(make_identity({}, &test_ca()), {.ask_client = true}));
  auto dialed = dial(server, trusting_ca());
  // With TLS 1.3 the server's alert comes after our side of the handshake.
  ASSERT_TRUE(dialed) << dialed.error().one_line();
  std::array<char, 10> buffer{};
  const auto count = dialed->stream->read_some(buffer);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().kind, ErrorKind::no_auth) << count.error().what;
  EXPECT_NE(count.error().hint.find("--tls-cert"), std::string::npos);
}

TEST_F(Tls, FilesOfOursThatAreWrong) {
  const auto file = [this](const char* name, const std::string& content) {
    const auto path = dir_.path() / name;
    std::ofstream(path) << content;
    return path.string();
  };
  const Identity one = make_identity({});
  const Identity other = make_identity({});
  const std::string good = file("cert.pem", one.certificate_pem());
  const std::string empty = file("empty.pem", "");
  const std::string absent = (dir_.path() / "absent.pem").string();
  struct Row {
    const char* why;
    TlsPolicy policy;
    ErrorKind kind;
    const char* says;
  };
  // clang-format off
  const Row rows[] = {
    {"CA file absent",     {.ca_file = absent}, ErrorKind::no_input, "cannot read the CA certificate "},
    {"CA file empty",      {.ca_file = empty}, ErrorKind::config, "no CA certificate in PEM in "},
    {"certificate absent", {.certificate_file = absent}, ErrorKind::no_input, "cannot read the certificate "},
    {"certificate empty",  {.certificate_file = empty}, ErrorKind::config, "no certificate in PEM in "},
    {"no key beside it",   {.certificate_file = good}, ErrorKind::config, "no private key in PEM in "},
    {"key absent",         {.certificate_file = good, .key_file = absent}, ErrorKind::no_input, "cannot read the private key "},
    {"another's key",      {.certificate_file = good, .key_file = file("other.key", other.key_pem())}, ErrorKind::config, "is not that of the certificate"},
    {"encrypted key",      {.certificate_file = good, .key_file = file("locked.key", one.key_pem("secret"))}, ErrorKind::config, "is encrypted"},
    {"key alone",          {.key_file = good}, ErrorKind::config, "--tls-key needs --tls-cert"},
    {"bad pin",            {.pins = {"abc"}}, ErrorKind::config, "a pin is not"},
  };
  // clang-format on
  for (const auto& row : rows) {
    const auto made = TlsContext::make(row.policy, "mail.test");
    ASSERT_FALSE(made) << row.why;
    EXPECT_EQ(made.error().kind, row.kind) << row.why << made.error().what;
    EXPECT_NE(made.error().what.find(row.says), std::string::npos)
        << row.why << ": " << made.error().what;
  }
}

TEST_F(Tls, NameToProveMustBeOne) {
  for (const char* host : {"", ".", "a..b", "a_b.test", "[]"}) {
    const auto made = TlsContext::make({}, host);
    ASSERT_FALSE(made) << host;
    EXPECT_EQ(made.error().kind, ErrorKind::no_host) << host;
  }
  TlsPolicy pinned;
  pinned.pins = {std::string(64, '0')};
  EXPECT_TRUE(TlsContext::make(pinned, ""));
}

TEST(LooksLikeTls, FirstOctets) {
  EXPECT_TRUE(looks_like_tls(std::string_view("\x15\x03\x03\0\2", 5)));
  EXPECT_TRUE(looks_like_tls("\x16\x03\x01"));
  EXPECT_FALSE(looks_like_tls("220 mail.test"));
  EXPECT_FALSE(looks_like_tls("\x15"));
  EXPECT_FALSE(looks_like_tls(""));
}

}  // namespace
}  // namespace mailtool::net
