#include "app/serve_site.h"

#include <ctime>
#include <utility>

#include "app/secret_source.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

std::int64_t now() { return ::time(nullptr); }

ServeDelivery::Settings delivery_settings(const ServeOptions& options) {
  ServeDelivery::Settings settings{options.domains.front(),
                                   options.own_domains(), now};
  if (options.trial.catch_all) {
    settings.catch_all = options.users.front().name;
  }
  return settings;
}

Result<std::optional<Secret>> password_of(const ServeUser& user,
                                          const Invocation& invocation) {
  if (user.source.empty()) return std::optional<Secret>();
  SecretContext context;
  context.prompt = "Password for the new user " + printable(user.name) + ": ";
  context.user = user.name;
  context.host = "localhost";
  context.ask = invocation.ask_secret;
  auto secret = read_secret(user.source, context);
  if (!secret) {
    return std::move(secret).error().at("--user " + printable(user.name));
  }
  return std::optional<Secret>(*std::move(secret));
}

}  // namespace

ServeSite::Settings ServeSite::settings(const ServeOptions& options,
                                        bool clear_text_login) {
  const auto set = [&](auto& one) {
    one.host = options.domains.front();
    one.starttls = options.tls;
    one.clear_text_login = clear_text_login;
  };
  Settings all;
  set(all.smtp);
  set(all.submission);
  set(all.pop3);
  set(all.imap);
  all.imap.now = now;
  all.submission.submission = true;
  all.pop3.keeps_all = !options.trial.keep && !options.trial.max_age;
  return all;
}

ServeSite::ServeSite(const ServeOptions& options, std::string mail,
                     std::string temporary)
    : disk_(std::move(temporary)),
      tree_(disk_, std::move(mail), now),
      drops_(tree_),
      delivery_settings_(delivery_settings(options)),
      delivery_(delivery_settings_, users_, tree_, disk_),
      gateway_(delivery_),
      trial_(options.trial),
      pruning_({options.trial.keep, options.trial.max_age}, now),
      prunes_(options.trial.keep || options.trial.max_age),
      near_(settings(options, true)),
      far_(settings(options, false)) {}

Result<void> ServeSite::add_users(const ServeOptions& options,
                             const Invocation& invocation) {
  for (const auto& user : options.users) {
    auto password = password_of(user, invocation);
    if (!password) return std::move(password).error();
    users_.add(user.name, *std::move(password));
  }
  return {};
}

Result<void> ServeSite::open(const ServeOptions& options) {
  for (const auto& user : options.users) {
    if (!prunes_) continue;
    auto folders = tree_.user(user.name);
    if (!folders) {
      return std::move(folders).error().at("user " + printable(user.name));
    }
    auto inbox = (*folders)->inbox();
    if (!inbox) return std::move(inbox).error();
    pruning_.add(*std::move(inbox),
                 [all = *folders]() -> std::shared_ptr<ServedBox> {
                   auto there = all->inbox();
                   return there ? *std::move(there) : nullptr;
                 });
  }
  return trial_.open();
}

void ServeSite::tls(const std::function<bool()>& ready) {
  for (auto* settings : {&near_, &far_}) {
    settings->smtp.tls_ready = ready;
    settings->submission.tls_ready = ready;
    settings->pop3.tls_ready = ready;
    settings->imap.tls_ready = ready;
  }
}

std::string ServeSite::busy(const ServeDoor& door) const {
  switch (door.protocol) {
    case ServeProtocol::smtp:
    case ServeProtocol::submission: return serve::smtp_busy(near_.smtp);
    case ServeProtocol::pop3: return serve::pop3_busy();
    case ServeProtocol::imap: return serve::imap_busy();
    case ServeProtocol::dns: break;
  }
  return {};
}

std::unique_ptr<serve::Session> ServeSite::session(const ServeDoor& door,
                                                   const std::string& peer) {
  const auto protocol = door.protocol == ServeProtocol::pop3   ? serve::kPop3
                        : door.protocol == ServeProtocol::imap ? serve::kImap
                                                               : serve::kSmtp;
  return trial_.session(protocol, door.name, [&](serve::FaultHook* faults) {
    return bare_session(door, faults, peer);
  });
}

std::unique_ptr<serve::Session> ServeSite::bare_session(
    const ServeDoor& door, serve::FaultHook* faults, const std::string& peer) {
  const auto& with = door.endpoint.address.is_loopback() ? near_ : far_;
  switch (door.protocol) {
    case ServeProtocol::smtp:
      return serve::make_smtp_session(with.smtp, gateway_, users_, faults,
                                      peer);
    case ServeProtocol::submission:
      return serve::make_smtp_session(with.submission, gateway_, users_,
                                      faults, peer);
    case ServeProtocol::pop3:
      return serve::make_pop3_session(with.pop3, drops_, users_, faults);
    case ServeProtocol::imap:
      return serve::make_imap_session(with.imap, tree_, users_, faults);
    case ServeProtocol::dns: break;
  }
  return nullptr;  // unreachable; keeps g++ -Wreturn-type quiet
}

}  // namespace mailtool::app
