// ServeUsers: who may log in, and how that is proved.

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "app/serve_delivery.h"
#include "mailtool/sasl/saslprep.h"

namespace mailtool::app {
namespace {

// As long for any two of one length.
bool same(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  }
  return difference == 0;
}

// Where the system has none, salts are none; passwords are as safe as they are.
std::string random_secret() {
  std::string octets(32, '\0');
  while (::getrandom(octets.data(), octets.size(), 0) < 0) {
    if (errno != EINTR) break;
  }
  return octets;
}

// bob, of bob@example.test
std::string_view local_part(std::string_view name) {
  return name.substr(0, name.find('@'));
}

}  // namespace

ServeUsers::ServeUsers() : salting_(random_secret()) {}

void ServeUsers::add(std::string name, std::optional<Secret> password) {
  if (first_.empty()) first_ = name;
  has_scram_ =
      has_scram_ && password && sasl::saslprep(password->reveal()).has_value();
  users_.insert_or_assign(std::move(name), std::move(password));
}

std::optional<std::string> ServeUsers::log_in(std::string_view name,
                                              const Secret& password) {
  const auto user = users_.find(local_part(name));
  if (user == users_.end()) {
    (void)same(password.reveal(), password.reveal());
    return std::nullopt;
  }
  const bool right =
      !user->second || same(user->second->reveal(), password.reveal());
  if (!right) return std::nullopt;
  return user->first;
}

ServeUsers::Keys ServeUsers::derive(sasl::ScramHash hash) const {
  Keys all;
  for (const auto& [name, password] : users_) {
    auto salt =
        sasl::decoy_scram_keys(hash, salting_.reveal(), lower(name)).salt;
    auto keys = sasl::derive_scram_keys(hash, *password, std::move(salt));
    if (keys) all.emplace(name, *std::move(keys));
  }
  return all;
}

// All at the first time, so that no name can be told by how long it takes.
serve::Users::ScramUser ServeUsers::scram_user(sasl::ScramHash hash,
                                               std::string_view name) {
  auto derived = keys_.find(hash);
  if (derived == keys_.end()) derived = keys_.emplace(hash, derive(hash)).first;
  auto decoy =
      sasl::decoy_scram_keys(hash, salting_.reveal(), lower(local_part(name)));
  const auto user = users_.find(local_part(name));
  if (user == users_.end()) return {"", std::move(decoy)};
  const auto keys = derived->second.find(user->first);
  if (keys == derived->second.end()) return {"", std::move(decoy)};
  return {user->first, keys->second};
}

}  // namespace mailtool::app
