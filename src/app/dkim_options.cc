#include "app/dkim_options.h"

#include "app/secret_source.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"

namespace mailtool::app {
namespace {

Result<std::string> signing_domain(const DkimConfig& config,
                                   std::string_view from_domain) {
  if (!config.domain.empty()) return config.domain;
  auto domain = net::to_ascii_host(from_domain);
  if (domain) return domain;
  return Error{ErrorKind::bad_input,
               "'" + printable(from_domain, 80) +
                   "' of From is no domain that "
                   "can sign the message",
               "DKIM", "",
               "name one at " + config.origin + ", or give --no-dkim"};
}

Result<signing::SigningKey> load_key(const DkimConfig& config,
                                     const std::string& path) {
  const auto step = "DKIM key " + printable(path);
  const auto text = read_private_file(step, path);
  if (!text) {
    auto error = text.error();
    // The file was named in the configuration, not on the command line.
    error.kind = ErrorKind::config;
    return std::move(error).with_hint("it is named at " + config.origin);
  }
  auto key = signing::SigningKey::read(text->reveal());
  if (!key) return std::move(key).error().at(step);
  return key;
}

}  // namespace

Result<std::optional<signing::DkimSigner>> dkim_signer(
    const Invocation& invocation, std::string_view from_domain) {
  using MaybeSigner = std::optional<signing::DkimSigner>;
  if (!invocation.dkim || invocation.options.has("no-dkim"))
    return MaybeSigner();
  const auto& config = *invocation.dkim;
  const auto domain = signing_domain(config, from_domain);
  if (!domain) return domain.error();
  std::vector<signing::DkimIdentity> identities;
  for (const auto& [selector, path] : config.keys) {
    auto key = load_key(config, path);
    if (!key) return std::move(key).error();
    identities.push_back({*domain, selector, std::move(*key)});
  }
  auto signer = signing::DkimSigner::make(std::move(identities));
  if (!signer) return std::move(signer).error();
  return MaybeSigner(std::move(*signer));
}

}  // namespace mailtool::app
