#include "app/local_user.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

// An entry that needs more is none of a person.
constexpr std::size_t kEntryOctets = 64 * 1024;

bool is_name(std::string_view text) {
  return is_valid_utf8(text) &&
         std::none_of(text.begin(), text.end(), is_control);
}

bool can_be_local_part(const std::string& login) {
  return smtp::parse_mailbox(login, {.utf8 = true, .domain_optional = true})
      .has_value();
}

}  // namespace

std::string full_name_of(std::string_view comment, std::string_view login) {
  std::string name;
  for (const char c : trim(comment.substr(0, comment.find(',')))) {
    if (c != '&') {
      name += c;
    } else if (!login.empty()) {
      name += to_upper(login.front());
      name += login.substr(1);
    }
  }
  return is_name(name) ? name : "";
}

LocalUser local_user(const Environment& environment) {
  LocalUser user;
  std::vector<char> buffer(kEntryOctets);
  struct passwd entry {};
  struct passwd* found = nullptr;
  const auto uid = ::getuid();
  (void)::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  if (found != nullptr) {
    user.login = found->pw_name;
    user.full_name = full_name_of(found->pw_gecos, user.login);
  }
  for (const auto* variable : {"LOGNAME", "USER"}) {
    if (!can_be_local_part(user.login) ||
        user.login.find('@') != user.login.npos) {
      user.login = environment(variable).value_or("");
    }
  }
  if (!can_be_local_part(user.login) ||
      user.login.find('@') != user.login.npos) {
    user.login = "uid-" + std::to_string(uid);
  }
  const auto name = environment("NAME").value_or("");
  if (!name.empty() && is_name(name)) user.full_name = name;
  return user;
}

}  // namespace mailtool::app
