/// \file
/// ServeSite: the users of a server, their mail, and sessions about it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "app/serve_delivery.h"
#include "app/serve_gateway.h"
#include "app/serve_options.h"
#include "app/serve_pruning.h"
#include "app/serve_trial.h"
#include "mailtool/serve/imap_session.h"
#include "mailtool/serve/pop3_session.h"
#include "mailtool/serve/smtp_session.h"

namespace mailtool::app {

/// All that the sessions of one server share. Stays where it was made.
class ServeSite {
 public:
  /// `mail` and `temporary` are folders that are there.
  ServeSite(const ServeOptions& options, std::string mail,
            std::string temporary);
  ServeSite(const ServeSite&) = delete;
  ServeSite& operator=(const ServeSite&) = delete;

  /// Reads the passwords. A user's folders are made when they are first asked
  /// for. Fails as read_secret().
  Result<void> add_users(const ServeOptions& options,
                         const Invocation& invocation);
  /// Opens the inboxes that are to be pruned, and the folder of the dialogues.
  /// Fails as ServedTree::user() and ServeTrial::open().
  Result<void> open(const ServeOptions& options);

  /// For a client of `door` from that address. The site outlives it.
  [[nodiscard]] std::unique_ptr<serve::Session> session(
      const ServeDoor& door, const std::string& peer);
  /// What a client of `door` is told where there are too many.
  [[nodiscard]] std::string busy(const ServeDoor& door) const;

  [[nodiscard]] ServeDisk& disk() { return disk_; }
  /// What is to be done after each sync, and once a second.
  void upkeep() {
    pruning_.run();
    disk_.look();
  }
  /// Whether TLS can be had is asked of `ready` from now on, each time that a
  /// client wants it. \pre there is no session
  void tls(const std::function<bool()>& ready);
  /// From now on mail of users for other domains is taken.
  void relay(std::unique_ptr<ServeRelay> relay) {
    gateway_.open(std::move(relay));
  }

 private:
  // What is offered differs with the address: others can listen in on the way
  // to one that is not this machine's.
  struct Settings {
    serve::SmtpSettings smtp;
    serve::SmtpSettings submission;
    serve::Pop3Settings pop3;
    serve::ImapSettings imap;
  };
  [[nodiscard]] std::unique_ptr<serve::Session> bare_session(
      const ServeDoor& door, serve::FaultHook* faults, const std::string& peer);
  static Settings settings(const ServeOptions& options, bool clear_text_login);

  ServeDisk disk_;
  ServedTree tree_;
  ServedMaildrops drops_;
  ServeUsers users_;
  ServeDelivery::Settings delivery_settings_;
  ServeDelivery delivery_;
  ServeGateway gateway_;
  ServeTrial trial_;
  ServePruning pruning_;
  bool prunes_;
  Settings near_;  // on loopback
  Settings far_;
};

}  // namespace mailtool::app
