/// \file
/// ServeDelivery: mail that comes in by SMTP, into the users' folders.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "app/served_tree.h"
#include "mailtool/base/ascii.h"
#include "mailtool/serve/smtp_backend.h"
#include "mailtool/serve/users.h"

namespace mailtool::app {

/// Users by name, whatever its case; one without a password takes any. What
/// SCRAM needs is derived for all of them when it is first asked for, which
/// takes some milliseconds a user.
class ServeUsers : public serve::Users {
 public:
  ServeUsers();
  void add(std::string name, std::optional<Secret> password);
  [[nodiscard]] bool has(std::string_view name) const {
    return users_.contains(name);
  }
  /// The name as it was added. \pre has(name)
  [[nodiscard]] const std::string& name_of(std::string_view name) const {
    return users_.find(name)->first;
  }
  /// The first that was added. \pre there is one
  [[nodiscard]] const std::string& first() const { return first_; }
  std::optional<std::string> log_in(std::string_view name,
                                    const Secret& password) override;
  [[nodiscard]] bool has_scram() const override { return has_scram_; }
  ScramUser scram_user(sasl::ScramHash hash, std::string_view name) override;

 private:
  using Keys = std::map<std::string, sasl::ScramKeys, std::less<>>;
  struct IgnoringCase {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const {
      return lower(a) < lower(b);
    }
  };
  Keys derive(sasl::ScramHash hash) const;

  std::map<std::string, std::optional<Secret>, IgnoringCase> users_;
  bool has_scram_ = true;  // each has a password, and one that SCRAM can take
  Secret salting_;         // makes the salts; of this start alone
  std::map<sasl::ScramHash, Keys> keys_;  // of users, once asked for
  std::string first_;
};

class ServeDelivery : public serve::SmtpBackend {
 public:
  struct Settings {
    std::string host;                ///< how the server names itself
    std::set<std::string> domains;   ///< whose mail is taken; ASCII, lower case
    std::function<std::int64_t()> clock;
    /// Whose is mail for an address of no user; empty: it is refused.
    std::string catch_all = {};
  };
  /// All outlive it.
  ServeDelivery(const Settings& settings, const ServeUsers& users,
                ServedTree& tree, ServeDisk& disk)
      : settings_(settings), users_(users), tree_(tree), disk_(disk) {}

  /// How the server names itself.
  [[nodiscard]] const std::string& host() const { return settings_.host; }
  /// Its domain, in A-labels or in U-labels, is one of ours, or there is none.
  [[nodiscard]] bool is_here(const smtp::Mailbox& to) const;
  /// The Received field of a message that has begun (RFC 5321 section 4.4).
  [[nodiscard]] std::string trace(const serve::Envelope& envelope);

  std::optional<smtp::Reply> refuses(const serve::Envelope& so_far,
                                     const smtp::Mailbox& to) override;
  Result<std::unique_ptr<serve::Incoming>> begin(
      const serve::Envelope& envelope) override;

 private:
  [[nodiscard]] std::optional<std::string> user_of(
      const smtp::Mailbox& to) const;

  const Settings& settings_;
  const ServeUsers& users_;
  ServedTree& tree_;
  ServeDisk& disk_;
  std::uint64_t next_ = 0;
};

}  // namespace mailtool::app
