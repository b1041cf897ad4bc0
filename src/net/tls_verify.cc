#include "net/tls_verify.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/ip_address.h"
#include "net/tls_state.h"

namespace mailtool::net {
namespace {

constexpr std::size_t kNamesShown = 5;
constexpr std::size_t kNameOctets = 100;

std::string_view octets_of(const ASN1_STRING* text) {
  const int count = ASN1_STRING_length(text);
  if (count <= 0) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(count)};
}

std::string address_text(std::string_view octets) {
  IpAddress address;
  address.v6 = octets.size() == 16;
  if (!address.v6 && octets.size() != 4) return "a bad address";
  std::copy(octets.begin(), octets.end(), address.octets.begin());
  return address.to_string();
}

// The names the certificate proves: dNSName and iPAddress of subjectAltName.
std::vector<std::string> names_in(const X509* certificate) {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
          certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> found;
  const int count = sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count && found.size() <= kNamesShown; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS)
      found.push_back(printable(octets_of(name->d.dNSName), kNameOctets));
    else if (name->type == GEN_IPADD)
      found.push_back(address_text(octets_of(name->d.iPAddress)));
  }
  return found;
}

std::string common_name(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* utf8 = nullptr;
  const int count = ASN1_STRING_to_UTF8(
      &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (count < 0) return {};
  std::string text(reinterpret_cast<const char*>(utf8),
                   static_cast<std::size_t>(count));
  OPENSSL_free(utf8);
  return printable(text, kNameOctets);
}

std::string issuer_of(const X509* certificate) {
  const X509_NAME* issuer = X509_get_issuer_name(certificate);
  if (auto name = common_name(issuer); !name.empty()) return "'" + name + "'";
  std::array<char, 200> line{};
  X509_NAME_oneline(issuer, line.data(), static_cast<int>(line.size()));
  return "'" + printable(line.data(), kNameOctets) + "'";
}

std::string day_of(const ASN1_TIME* time) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(time, &parts) != 1 ||
      std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts) == 0)
    return "an unknown day";
  return text.data();
}

std::string wrong_name(const X509* certificate, const std::string& wanted) {
  const auto names = names_in(certificate);
  if (names.empty()) {
    const auto name = common_name(X509_get_subject_name(certificate));
    return "the certificate names no host" +
           (name.empty() ? std::string()
                         : " but in its common name, '" + name +
                               "', which proves nothing (RFC 9525)");
  }
  std::string what = "the certificate is for ";
  for (std::size_t i = 0; i < names.size() && i < kNamesShown; ++i)
    what += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kNamesShown) what += " and more";
  return what + ", not for " + wanted;
}

// Without any CA on the system every server looks untrusted.
bool system_has_no_ca() {
  if (::access(X509_get_default_cert_file(), R_OK) == 0) return false;
  const Owned<DIR, ::closedir> folder(::opendir(X509_get_default_cert_dir()));
  if (!folder) return true;
  while (const dirent* entry = ::readdir(folder.get()))
    if (entry->d_name[0] != '.') return false;
  return true;
}

// Why X509_verify_cert said no, as a clause.
std::string reason_of(X509_STORE_CTX* store, const X509* leaf,
                      const std::string& wanted) {
  const int error = X509_STORE_CTX_get_error(store);
  const X509* at = X509_STORE_CTX_get_current_cert(store);
  if (at == nullptr) at = leaf;
  const bool of_leaf = X509_STORE_CTX_get_error_depth(store) == 0;
  const std::string whose =
      of_leaf ? "the certificate" : "an issuer's certificate";
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return wrong_name(leaf, wanted);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return whose + " expired on " + day_of(X509_get0_notAfter(at));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return whose + " is not valid before " + day_of(X509_get0_notBefore(at));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "the certificate is self-signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "the issuer " + issuer_of(at) +
             " of the certificate is not trusted";
    case X509_V_ERR_INVALID_PURPOSE:
      return of_leaf ? "the certificate is not meant for servers"
                     : "the issuer of the certificate may not issue any";
    case X509_V_ERR_INVALID_CA:
      return "the issuer of the certificate may not issue any";
    case X509_V_ERR_DANE_NO_MATCH:
      return "no TLSA record matches its certificate";
    default: {
      std::string text = X509_verify_cert_error_string(error);
      if (!text.empty()) text[0] = to_lower(text[0]);
      return text;
    }
  }
}

std::string advice(int error, const TlsContext::State& state,
                   const std::string& pin) {
  const std::string by_pin =
      pin.empty() ? "" : "--tls-pin sha256:" + pin + " trusts this very key";
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "use the name the certificate is for, or --tls-name HOST; " +
             by_pin;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "check the clock of this machine; " + by_pin;
    default: break;
  }
  if (state.policy.ca_file.empty() && system_has_no_ca())
    return "this system has no CA certificates: install ca-certificates, or "
           "give --tls-ca FILE; " +
           by_pin;
  return "--tls-ca FILE names another issuer to trust; " + by_pin;
}

Error refused(const TlsContext::State& state, const std::string& why) {
  const std::string who = state.name.empty() ? "the server" : state.name;
  return Error{ErrorKind::untrusted, "cannot verify " + who + ": " + why};
}

}  // namespace

std::string spki_pin(const X509* certificate) {
  unsigned char* der = nullptr;
  const int count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (count <= 0) return {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned octets = 0;
  const int hashed = EVP_Digest(der, static_cast<std::size_t>(count),
                                digest.data(), &octets, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  if (hashed != 1) return {};
  std::string hex;
  constexpr char digits[] = "0123456789abcdef";
  for (unsigned i = 0; i < octets; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 15];
  }
  return hex;
}

int verify_server(X509_STORE_CTX* store, void* state_of) {
  const auto& state = *static_cast<const TlsContext::State*>(state_of);
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& notes = *static_cast<HandshakeNotes*>(SSL_get_app_data(ssl));
  const X509* leaf = X509_STORE_CTX_get0_cert(store);
  if (!state.policy.verify) return 1;
  if (!state.policy.associations.empty()) {
    if (leaf != nullptr && X509_verify_cert(store) == 1) return 1;
    const std::string why = leaf == nullptr
                                ? "it has no certificate"
                                : reason_of(store, leaf, state.name);
    notes.untrusted = refused(state, why + " (DANE)");
    return 0;
  }
  const std::string pin = leaf == nullptr ? "" : spki_pin(leaf);
  const auto& pins = state.policy.pins;
  if (!pins.empty() &&
      (pin.empty() || std::find(pins.begin(), pins.end(), pin) == pins.end())) {
    notes.untrusted = refused(state, "its key is not the pinned one")
                          .with_hint("the server's key is sha256:" + pin);
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  if (!state.wants_ca()) return 1;
  if (leaf != nullptr && X509_verify_cert(store) == 1) return 1;
  if (leaf == nullptr) {
    notes.untrusted = refused(state, "it has no certificate");
    return 0;
  }
  const int error = X509_STORE_CTX_get_error(store);
  notes.untrusted = refused(state, reason_of(store, leaf, state.name))
                        .with_hint(advice(error, state, pin));
  return 0;
}

}  // namespace mailtool::net
