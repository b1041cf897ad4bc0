#include "app/imap_watch_options.h"

#include <algorithm>
#include <set>

#include "app/delivery_program.h"
#include "app/fetch_state.h"
#include "app/program.h"
#include "app/quantity.h"
#include "app/user_folders.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kDefaultState = "default";

Result<void> read_events(const Invocation& invocation, WatchOptions& options) {
  const auto text = invocation.options.get("events");
  if (!text) return {};
  options.fresh = options.flags = options.expunged = false;
  for (const auto word : split(*text, ',')) {
    const auto kind = trim(word);
    if (kind == name_of(WatchEventKind::fresh)) {
      options.fresh = true;
    } else if (kind == name_of(WatchEventKind::flags)) {
      options.flags = true;
    } else if (kind == name_of(WatchEventKind::expunged)) {
      options.expunged = true;
    } else {
      return Error{ErrorKind::usage,
                   "no such event: " + printable(kind, 40) +
                       " (new, flags, expunged)",
                   "--events"};
    }
  }
  return {};
}

// A program that is missing is told before anything else is done.
Result<void> read_program(const Invocation& invocation, WatchOptions& options) {
  const auto text = invocation.options.get("exec");
  if (!text) return {};
  auto words = split_words(*text);
  if (!words) return std::move(words).error().at("--exec");
  if (auto found = DeliveryProgram::find(*words); !found) {
    return std::move(found).error().at("--exec");
  }
  options.program = *std::move(words);
  return {};
}

// A name is a folder in the state folder, anything with "/" one elsewhere.
Result<std::string> state_place(const std::string& name) {
  if (name.find('/') != name.npos) return name;
  const bool plain =
      !name.empty() && name.size() <= 100 && name[0] != '.' &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
      });
  if (!plain) {
    return Error{ErrorKind::usage,
                 "neither a name of letters, digits and - _ . nor a folder "
                 "with a /",
                 "--state " + printable(name, 100)};
  }
  auto folder = user_state_folder();
  if (!folder) return folder;
  return *folder + "/imap-watch/" + name;
}

}  // namespace

std::string_view name_of(WatchEventKind kind) {
  switch (kind) {
    case WatchEventKind::fresh: return "new";
    case WatchEventKind::flags: return "flags";
    case WatchEventKind::expunged: return "expunged";
  }
  return "";
}

bool WatchOptions::wants(WatchEventKind kind) const {
  switch (kind) {
    case WatchEventKind::fresh: return fresh;
    case WatchEventKind::flags: return flags;
    case WatchEventKind::expunged: return expunged;
  }
  return false;
}

Result<WatchOptions> WatchOptions::read(const Invocation& invocation,
                                        const ServerUrl& url) {
  WatchOptions options;
  const auto& given = invocation.options;
  std::set<std::string> seen;
  for (const auto& folder : given.all("folder")) {
    const bool inbox = iequals(folder, "INBOX") || iequals(folder, "@inbox");
    if (seen.insert(inbox ? "INBOX" : folder).second) {
      options.folders.push_back(inbox ? "INBOX" : folder);
    }
  }
  if (options.folders.empty()) options.folders.emplace_back("INBOX");
  options.once = given.has("once");
  options.account = maildrop_identity(given.get_or("user", url.user), url);
  if (auto read = read_events(invocation, options); !read) {
    return std::move(read).error();
  }
  if (auto read = read_program(invocation, options); !read) {
    return std::move(read).error();
  }
  if (!options.program.empty() && !options.fresh) {
    return Error{ErrorKind::usage, "is run for new messages: --events new",
                 "--exec"};
  }
  if (const auto text = given.get("interval")) {
    const auto interval = parse_duration(*text);
    if (!interval) return interval.error();
    if (interval->count() == 0) {
      return Error{ErrorKind::usage, "must be at least 1s", "--interval"};
    }
    options.interval = *interval;
  }
  const auto state = given.get("state");
  if (!state && options.program.empty()) return options;
  auto place = state_place(state.value_or(std::string(kDefaultState)));
  if (!place) return std::move(place).error();
  options.place = *std::move(place);
  return options;
}

}  // namespace mailtool::app
