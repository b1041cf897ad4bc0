// DANE: the server proved by TLSA records, RFC 7671 and RFC 7672 section 3.

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include "mailtool/net/dialer.h"
#include "mailtool/net/tls.h"
#include "net/tls_verify.h"
#include "test_certificate.h"
#include "test_server.h"

namespace mailtool::net {
namespace {

using test::CertificateSpec;
using test::Identity;
using test::make_identity;
using test::Peer;
using test::server_tls;
using test::test_ca;
using test::TestServer;

std::string octets_of_hex(const std::string& hex) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    octets += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return octets;
}

template <class Object, class Encode>
std::string der(Object* object, Encode encode) {
  unsigned char* octets = nullptr;
  const int count = encode(object, &octets);
  std::string text(reinterpret_cast<char*>(octets), static_cast<std::size_t>(count));
  OPENSSL_free(octets);
  return text;
}

std::string certificate_der(const Identity& identity) {
  return der(identity.certificate.get(), i2d_X509);
}
std::string key_der(const Identity& identity) {
  return der(identity.key.get(), i2d_PUBKEY);
}
std::string digest(const EVP_MD* hash, const std::string& octets) {
  std::string text(static_cast<std::size_t>(EVP_MD_size(hash)), '\0');
  EVP_Digest(octets.data(), octets.size(),
             reinterpret_cast<unsigned char*>(text.data()), nullptr, hash,
             nullptr);
  return text;
}
std::string sha256(const std::string& octets) {
  return digest(EVP_sha256(), octets);
}

// nullopt: proved; else why not.
std::optional<std::string> judge(const Identity& server,
                                 std::vector<TlsAssociation> associations,
                                 std::vector<std::string> more_names = {}) {
  TestServer listening([context = server_tls(server)](Peer& peer) {
    if (!peer.start_tls(context.get())) return;
    peer.close_tls();
    peer.receive_all();
  });
  TlsPolicy policy;
  policy.name = "mail.test";
  policy.associations = std::move(associations);
  policy.more_names = std::move(more_names);
  DialTarget target;
  target.host = "mail.test";
  target.endpoints = {listening.endpoint()};
  target.tls = std::move(policy);
  target.implicit_tls = true;
  const Resolver resolver{ResolverOptions{}};
  const auto dialed = Dialer(resolver, {}).dial(target);
  if (dialed) return std::nullopt;
  EXPECT_EQ(dialed.error().kind, ErrorKind::untrusted) << dialed.error().what;
  return dialed.error().what;
}

TEST(TlsDane, EndEntityBindsTheKeyAlone) {
  const auto self = make_identity({});
  const auto certificate = certificate_der(self);
  const auto key = key_der(self);
  const auto sha512 = digest(EVP_sha512(), key);
  const std::vector<TlsAssociation> good = {
      {3, 1, 1, sha256(key)},         {3, 0, 1, sha256(certificate)},
      {3, 1, 2, sha512},              {3, 1, 0, key},
      {3, 0, 0, certificate},
  };
  for (const auto& one : good) {
    EXPECT_TRUE(is_usable(one));
    EXPECT_EQ(judge(self, {one}), std::nullopt)
        << int{one.selector} << " " << int{one.matching};
  }
  // Names and dates of the certificate say nothing.
  const auto old = make_identity(
      {.names = "DNS:elsewhere.test", .from_days = -9, .to_days = -2});
  EXPECT_EQ(judge(old, {{3, 1, 1, sha256(key_der(old))}}), std::nullopt);
}

TEST(TlsDane, NoRecordMatches) {
  const auto self = make_identity({});
  const auto other = make_identity({});
  for (const auto& wrong : std::vector<TlsAssociation>{
           {3, 1, 1, sha256(key_der(other))},
           {3, 0, 1, sha256(key_der(self))},  // the other selector
           {3, 1, 0, key_der(other)},
           {2, 0, 0, certificate_der(other)}}) {
    const auto why = judge(self, {wrong});
    ASSERT_TRUE(why);
    EXPECT_NE(why->find("DANE"), std::string::npos) << *why;
  }
  // One of several is enough.
  EXPECT_EQ(judge(self, {{3, 1, 1, sha256(key_der(other))},
                         {3, 1, 1, sha256(key_der(self))}}),
            std::nullopt);
}

TEST(TlsDane, TrustAnchorsAskForNamesAndDates) {
  const TlsAssociation anchor{2, 0, 0, certificate_der(test_ca())};
  const TlsAssociation bare_key{2, 1, 0, key_der(test_ca())};
  const auto good = make_identity({}, &test_ca());
  EXPECT_EQ(judge(good, {anchor}), std::nullopt);
  EXPECT_EQ(judge(good, {bare_key}), std::nullopt);

  const auto of_domain = make_identity({.names = "DNS:domain.test"}, &test_ca());
  EXPECT_TRUE(judge(of_domain, {anchor}));
  EXPECT_TRUE(judge(of_domain, {anchor}, {"other.test"}));
  EXPECT_EQ(judge(of_domain, {anchor}, {"other.test", "domain.test"}),
            std::nullopt);

  const auto old = make_identity({.from_days = -9, .to_days = -2}, &test_ca());
  const auto why = judge(old, {anchor});
  ASSERT_TRUE(why);
  EXPECT_NE(why->find("expired"), std::string::npos) << *why;
  EXPECT_TRUE(judge(make_identity({}), {anchor})) << "signed by nobody";
}

TEST(TlsDane, WhatIsUsable) {
  const auto self = make_identity({});
  const auto key = key_der(self);
  const std::string hash = sha256(key);
  // clang-format off
  const struct { const char* why; TlsAssociation one; bool usable; } cases[] = {
    {"DANE-EE",                {3, 1, 1, hash}, true},
    {"DANE-TA",                {2, 0, 1, hash}, true},
    {"PKIX-TA",                {0, 0, 1, hash}, false},
    {"PKIX-EE",                {1, 1, 1, hash}, false},
    {"unknown usage",          {4, 1, 1, hash}, false},
    {"private usage",          {255, 1, 1, hash}, false},
    {"unknown selector",       {3, 2, 1, hash}, false},
    {"unknown matching type",  {3, 1, 3, hash}, false},
    {"short digest",           {3, 1, 1, hash.substr(1)}, false},
    {"long digest",            {3, 1, 1, hash + "x"}, false},
    {"SHA-256 as SHA-512",     {3, 1, 2, hash}, false},
    {"no digest",              {3, 1, 1, ""}, false},
    {"nothing in full",        {3, 1, 0, ""}, false},
    {"a whole key",            {3, 1, 0, key}, true},
    {"a key and more",         {3, 1, 0, key + "x"}, false},
    {"a cut key",              {3, 1, 0, key.substr(0, key.size() - 1)}, false},
    {"no key",                 {3, 1, 0, "garbage"}, false},
    {"a key as certificate",   {3, 0, 0, key}, false},
    {"a whole certificate",    {3, 0, 0, certificate_der(self)}, true},
    {"a cut certificate",      {3, 0, 0, certificate_der(self).substr(0, 99)}, false},
  };
  // clang-format on
  for (const auto& item : cases)
    EXPECT_EQ(is_usable(item.one), item.usable) << item.why;
}

// The name that is proved is the one of SNI.
TEST(TlsDane, SniIsTheBaseDomain) {
  const auto self = make_identity({});
  std::string asked;
  auto context = server_tls(self);
  SSL_CTX_set_tlsext_servername_arg(context.get(), &asked);
  SSL_CTX_set_tlsext_servername_callback(
      context.get(), +[](SSL* ssl, int*, void* to) {
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        *static_cast<std::string*>(to) = name == nullptr ? "" : name;
        return SSL_TLSEXT_ERR_OK;
      });
  {
    TestServer server([context](Peer& peer) {
      if (!peer.start_tls(context.get())) return;
      peer.close_tls();
      peer.receive_all();
    });
    TlsPolicy policy;
    policy.name = "base.test";
    policy.associations = {{3, 1, 1, sha256(key_der(self))}};
    DialTarget target;
    target.host = "alias.test";
    target.endpoints = {server.endpoint()};
    target.tls = std::move(policy);
    target.implicit_tls = true;
    const Resolver resolver{ResolverOptions{}};
    const auto dialed = Dialer(resolver, {}).dial(target);
    ASSERT_TRUE(dialed) << dialed.error().what;
  }
  EXPECT_EQ(asked, "base.test");
  EXPECT_EQ(octets_of_hex(spki_pin(self.certificate.get())),
            sha256(key_der(self)));
}

}  // namespace
}  // namespace mailtool::net
