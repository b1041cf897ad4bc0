#include "app/serve_authority.h"

#include <algorithm>
#include <utility>

#include "app/output.h"
#include "app/secret_source.h"
#include "mailtool/base/printable.h"
#include "mailtool/store/atomic_file.h"

namespace mailtool::app {
namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;
constexpr std::int64_t kAuthorityDays = 3650;
// What clients take as an authority's: they refuse those that last longer.
constexpr std::int64_t kServerDays = 397;
// Renewed when there is less: a server may run for long.
constexpr std::int64_t kLeastDays = 180;
// A client's clock may be behind.
constexpr std::int64_t kEarlier = kDay;

constexpr std::string_view kName = "mailtool serve";

Result<void> write_file(const std::string& path, std::string_view text) {
  auto file = store::AtomicFile::create(path);
  if (!file) return std::move(file).error();
  if (auto wrote = file->write(text); !wrote) return wrote;
  return file->commit();
}

// An empty one where there is none.
Result<Secret> read_file(const std::string& path) {
  auto text = read_private_file(printable(path), path);
  if (!text && text.error().kind == ErrorKind::no_input) return Secret("");
  return text;
}

bool lasts(std::string_view certificate, std::int64_t now) {
  const auto facts = net::read_certificate(certificate);
  return facts && facts->validity.from <= now &&
         facts->validity.until > now + kLeastDays * kDay;
}

Result<Secret> authority_key(const std::string& folder, LostAuthority lost) {
  const auto path = folder + "/ca.key";
  auto key = read_file(path);
  if (!key || !key->empty()) return key;
  if (lost == LostAuthority::fail) {
    return Error{ErrorKind::config,
                 "is gone: only a start makes a new authority",
                 printable(path)};
  }
  auto made = net::make_key();
  if (!made) return made;
  if (auto wrote = write_file(path, made->reveal()); !wrote) {
    return std::move(wrote).error();
  }
  return made;
}

Result<std::string> authority(const std::string& folder, const Secret& key,
                              std::int64_t now, LostAuthority lost) {
  const auto path = authority_file(folder);
  const auto known = read_file(path);
  if (!known) return known.error();
  const bool same = net::has_key(known->reveal(), key);
  if (same && lasts(known->reveal(), now)) {
    return std::string(known->reveal());
  }
  const bool another = !same && net::read_certificate(known->reveal());
  if (another && lost == LostAuthority::fail) {
    return Error{ErrorKind::config,
                 "is not that of ca.pem: only a start makes a new authority",
                 printable(folder) + "/ca.key"};
  }
  auto made = net::make_authority(
      key, kName, {now - kEarlier, now + kAuthorityDays * kDay});
  if (!made) {
    return std::move(made)
        .error()
        .at(printable(folder) + "/ca.key")
        .with_hint("remove it, and a new authority is made");
  }
  if (auto wrote = write_file(path, *made); !wrote) {
    return std::move(wrote).error();
  }
  if (another) {
    warn("serve", printable(path) +
                      " is a new authority, which clients are to trust: the "
                      "key of the one before was not in ca.key");
  }
  return made;
}

bool is_current(std::string_view server, std::string_view authority_pem,
                const net::CertificateNames& names, std::int64_t now) {
  const auto facts = net::read_certificate(server);
  return facts && facts->names == names && lasts(server, now) &&
         net::is_signed_by(server, authority_pem) &&
         net::has_key(server, Secret(std::string(server)));
}

}  // namespace

std::string authority_file(const std::string& folder) {
  return folder + "/ca.pem";
}

Result<std::string> read_authority(const std::string& folder) {
  const auto path = authority_file(folder);
  const auto text = read_private_file(printable(path), path);
  if (!text) return text.error();
  return std::string(text->reveal());
}

Result<std::shared_ptr<const net::TlsIdentity>> server_identity(
    const std::string& folder, const net::CertificateNames& names,
    std::int64_t now, LostAuthority lost) {
  const auto key = authority_key(folder, lost);
  if (!key) return key.error();
  const auto issuer = authority(folder, *key, now, lost);
  if (!issuer) return issuer.error();
  const auto path = folder + "/server.pem";
  const auto known = read_file(path);
  if (!known) return known.error();
  if (is_current(known->reveal(), *issuer, names, now)) {
    return net::TlsIdentity::make(known->reveal(), *known);
  }
  const auto own_key = net::make_key();
  if (!own_key) return own_key.error();
  const auto certificate = net::make_certificate(
      *own_key, names, {now - kEarlier, now + kServerDays * kDay}, *issuer,
      *key);
  if (!certificate) return certificate.error();
  const Secret both(*certificate + std::string(own_key->reveal()));
  if (auto wrote = write_file(path, both.reveal()); !wrote) {
    return std::move(wrote).error();
  }
  return net::TlsIdentity::make(*certificate, *own_key);
}

}  // namespace mailtool::app
