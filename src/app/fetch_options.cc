#include "app/fetch_options.h"

#include <algorithm>

#include "app/quantity.h"
#include "app/user_folders.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

Error wrong(std::string what, std::string_view where = {}) {
  return Error{ErrorKind::usage, std::move(what), std::string(where)};
}

Result<ServerUrl> server(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  if (arguments.size() > 1) {
    return wrong("unexpected argument: " + printable(arguments[1]));
  }
  const auto option = invocation.options.get("server");
  if (arguments.empty() && !option && !invocation.account.empty()) {
    return wrong("account '" + printable(invocation.account) +
                 "' has no fetch server")
        .with_hint("give it one: fetch = \"pop3s://USER@HOST\"");
  }
  if (arguments.empty() && !option) {
    return wrong("no server")
        .with_hint("give a URL (pop3s://USER@HOST) or --account NAME");
  }
  return parse_server_url(arguments.empty() ? *option : arguments[0],
                          {"pop3", "pop3s"});
}

Result<std::vector<DestinationName>> destinations(
    const Invocation& invocation) {
  std::vector<DestinationName> names;
  const auto recipient = invocation.options.get("rcpt");
  for (const auto& text : invocation.options.all("to")) {
    auto name = DestinationName::parse(expand_home_behind_word(text));
    if (!name) return std::move(name).error();
    if (name->kind == DestinationKind::lmtp) {
      if (!recipient) {
        return wrong("nobody to deliver to", printable(text))
            .with_hint("--rcpt ADDR names the recipient");
      }
      name->recipient = *recipient;
    }
    for (const auto& other : names) {
      if (other.to_string() == name->to_string()) {
        return wrong("the same destination twice", "--to");
      }
    }
    names.push_back(*std::move(name));
  }
  if (names.size() > FetchOptions::kMaxDestinations) {
    return wrong("more than " + std::to_string(FetchOptions::kMaxDestinations) +
                     " destinations",
                 "--to");
  }
  return names;
}

Result<std::string> state_folder(const Invocation& invocation) {
  if (const auto given = invocation.options.get("state")) return *given;
  auto folder = user_state_folder();
  if (!folder) {
    return std::move(folder).error().with_hint(
        "--state DIR says where journals and locks go");
  }
  return *folder + "/fetch";
}

Result<void> import_options(const Invocation& invocation,
                            FetchOptions& options) {
  for (const auto& text : invocation.options.all("import-state")) {
    auto file = parse_import_file(expand_home_behind_word(text));
    if (!file) return std::move(file).error();
    options.imports.push_back(*std::move(file));
  }
  const auto text = invocation.options.get("import-account");
  if (!text) return {};
  if (options.imports.empty()) {
    return wrong("--import-account goes with --import-state");
  }
  auto account = parse_import_account(*text);
  if (!account) return std::move(account).error();
  options.import_account = *std::move(account);
  return {};
}

// --delete, and rules that say which of the messages it may delete.
Result<void> removal_rules(const OptionValues& given, FetchOptions& options) {
  if (const auto text = given.get("delete-after")) {
    const auto after = parse_duration(*text);
    if (!after) return Error(after.error()).at("--delete-after");
    options.delete_after = *after;
  }
  if (const auto text = given.get("keep-last")) {
    options.keep_last = parse_number(*text);
    if (!options.keep_last) {
      return wrong("not a number: " + printable(*text), "--keep-last");
    }
  }
  options.remove =
      given.has("delete") || options.delete_after || options.keep_last;
  return {};
}

// The ways not to fetch, of which a run takes one.
Result<void> check_alone(const FetchOptions& options) {
  const std::pair<const char*, bool> ways[] = {
      {"--list", options.list},
      {"--adopt", options.adopt},
      {"--import-state", !options.imports.empty()},
      {"--rebase", options.rebase && !options.list}};
  const char* first = nullptr;
  for (const auto& [name, given] : ways) {
    if (!given) continue;
    if (first != nullptr) {
      return wrong(std::string(first) + " and " + name + " exclude each other");
    }
    first = name;
  }
  return {};
}

bool typed(const Invocation& invocation, std::string_view option) {
  return invocation.options.origin(option) == "command line";
}

// What was typed for nothing; an account may have options for other runs.
Result<void> check_typed(const FetchOptions& options,
                         const Invocation& invocation) {
  const bool any_lmtp = std::any_of(
      options.destinations.begin(), options.destinations.end(),
      [](const auto& name) { return name.kind == DestinationKind::lmtp; });
  if (typed(invocation, "rcpt") && !any_lmtp) {
    return wrong("--rcpt goes with --to lmtp:/SOCKET or lmtp://HOST:PORT");
  }
  for (const char* name : {"delete", "delete-after", "keep-last"}) {
    if (options.adopt && typed(invocation, name)) {
      return wrong("--adopt and --" + std::string(name) +
                   " exclude each other: what is adopted is never deleted");
    }
  }
  return {};
}

Result<void> check(const FetchOptions& options, const Invocation& invocation) {
  if (auto alone = check_alone(options); !alone) return alone;
  if (auto fine = check_typed(options, invocation); !fine) return fine;
  if (options.destinations.empty() && !options.list) {
    const auto account = printable(invocation.account_passed_over);
    return wrong("no destination")
        .with_hint(account.empty()
                       ? "give --to maildir:PATH, or another destination"
                       : "give --to DEST; account '" + account +
                             "' was not used, it is for another server; -a " +
                             account + " takes it");
  }
  for (const auto& name : options.destinations) {
    if (!name.standard_output() || options.only_looks()) continue;
    if (options.remove) {
      return wrong(
          "--delete and its kin need a destination that keeps the messages, "
          "stdout cannot confirm");
    }
    if (invocation.json()) return wrong("--json and --to - both want stdout");
  }
  return {};
}

}  // namespace

Result<FetchOptions> fetch_options(const Invocation& invocation) {
  const auto& given = invocation.options;
  FetchOptions options;
  auto url = server(invocation);
  if (!url) return std::move(url).error();
  options.url = *std::move(url);
  options.account = invocation.account;
  auto names = destinations(invocation);
  if (!names) return std::move(names).error();
  options.destinations = *std::move(names);
  auto folder = state_folder(invocation);
  if (!folder) return std::move(folder).error();
  options.state_folder = *std::move(folder);

  options.headers_only = given.has("headers-only");
  if (auto removal = removal_rules(given, options); !removal) {
    return std::move(removal).error();
  }
  options.list = given.has("list");
  options.adopt = given.has("adopt");
  options.rebase = given.has("rebase");
  options.all = given.has("all");
  options.retry = given.has("retry");
  options.raw_crlf = given.has("raw-crlf");
  options.dry_run = invocation.dry_run();
  if (const auto text = given.get("limit")) {
    options.limit = parse_number(*text);
    if (!options.limit)
      return wrong("not a number: " + printable(*text), "--limit");
    if (*options.limit == 0) {
      return wrong("0 messages are none", "--limit")
          .with_hint("--list or --dry-run fetch nothing");
    }
  }
  if (const auto text = given.get("max-size")) {
    const auto size = parse_size(*text);
    if (!size) return Error(size.error()).at("--max-size");
    options.max_size = *size;
  }
  if (const auto text = given.get("wait")) {
    const auto wait = parse_duration(*text);
    if (!wait) return Error(wait.error()).at("--wait");
    options.wait = *wait;
  }
  if (const auto text = given.get("deadline")) {
    const auto whole = parse_duration(*text);
    if (!whole) return Error(whole.error()).at("--deadline");
    options.end = FetchOptions::Clock::now() + *whole;
  }
  if (auto imported = import_options(invocation, options); !imported) {
    return std::move(imported).error();
  }
  if (auto fine = check(options, invocation); !fine) {
    return std::move(fine).error();
  }
  return options;
}

}  // namespace mailtool::app
