#include "app/config.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "app/config_dkim.h"
#include "app/config_node.h"
#include "app/option_check.h"
#include "app/server_url.h"
#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kOptionsSuffix = "-options";

// A password between "//" and "@", as in "smtps://alice:geheim@example.org".
bool holds_password(std::string_view text) {
  const auto slashes = text.find("://");
  if (slashes == text.npos) return false;
  text.remove_prefix(slashes + 3);
  const auto authority = text.substr(0, text.find('/'));
  const auto at = authority.rfind('@');
  return at != authority.npos && authority.find(':') < at;
}

// Only what names a place on disk; "cmd:" is run as it stands.
std::string expand_home(const Option& option, std::string_view text,
                        const ConfigFile& file) {
  std::string_view prefix;
  switch (option.kind) {
    case ValueKind::file:
    case ValueKind::folder: break;
    case ValueKind::destination:
    case ValueKind::secret:
      for (const std::string_view known :
           {"maildir:", "mbox:", "dir:", "file:"}) {
        if (text.starts_with(known)) prefix = known;
      }
      if (prefix.empty()) return std::string(text);
      break;
    default: return std::string(text);
  }
  return std::string(prefix) + file.expand_home(text.substr(prefix.size()));
}

// Whose option a table may hold, and how strong it is there.
struct Scope {
  SettingRank rank = SettingRank::file;
  const Command* only = nullptr;  // nullptr: whichever commands have the option
};

class ConfigReader {
 public:
  ConfigReader(std::string path, std::string_view home, bool private_to_owner)
      : file_{std::move(path), home}, private_(private_to_owner) {}

  Result<Config> read(const toml::table& root);
  [[nodiscard]] Error error(const toml::source_region& where,
                            std::string what) const {
    return file_.error(where, std::move(what));
  }

 private:
  using Settings = std::vector<Setting>;

  [[nodiscard]] Error unknown(const toml::key& key,
                              std::vector<std::string_view> known) const;

  Result<void> read_accounts(const toml::node& node, Config& config);
  Result<void> read_account(const std::string& name, const toml::table& table,
                            Config& config);
  Result<void> read_route(const toml::key& key, const toml::node& node,
                          Settings& to);
  Result<void> read_queue(const toml::key& key, const toml::node& node,
                          Settings& to);
  Result<void> read_option(const toml::key& key, const toml::node& node,
                           Scope scope, std::vector<std::string_view> others,
                           Settings& to);
  Result<void> read_value(const Option& option, const toml::node& node,
                          Setting setting, Settings& to);
  Result<std::string> read_text(const Option& option, const toml::node& node);

  ConfigFile file_;
  bool private_;
};

std::vector<const Option*> configurable(const Command& command) {
  std::vector<const Option*> found;
  for (const auto* option : options_of(command)) {
    if (option->configurable) found.push_back(option);
  }
  return found;
}

Error ConfigReader::unknown(const toml::key& key,
                            std::vector<std::string_view> known) const {
  const auto name = key.str();
  if (name == "password" || name == "token") {
    return error(key.source(), "unknown key '" + std::string(name) + "'")
        .with_hint("say where it is kept instead: " + std::string(name) +
                   "-from = \"cmd:pass show mail\"");
  }
  return error(key.source(), "unknown key '" + printable(name, 80) + "'" +
                                 did_you_mean(name, known));
}

Result<std::string> ConfigReader::read_text(const Option& option,
                                            const toml::node& node) {
  const bool takes_integer = option.kind == ValueKind::number ||
                             option.kind == ValueKind::duration ||
                             option.kind == ValueKind::size;
  const bool takes_string = option.kind != ValueKind::number;
  std::string text;
  if (const auto* string = node.as_string(); string && takes_string) {
    text = string->get();
  } else if (const auto* integer = node.as_integer();
             integer && takes_integer) {
    text = std::to_string(integer->get());
  } else {
    return error(node.source(),
                 std::string(option.name) + " wants " +
                     (takes_string ? "a string" : "") +
                     (takes_string && takes_integer ? " or " : "") +
                     (takes_integer ? "an integer" : "") + ", not " +
                     type_name(node));
  }
  if (holds_password(text)) {
    return error(node.source(),
                 private_ ? "a password stands in the file"
                          : "a password stands in a file that others can read")
        .with_hint("keep it elsewhere, and say where: password-from = …");
  }
  if (auto checked = check_value(option, text); !checked) {
    return error(node.source(),
                 std::string(option.name) + ": " + checked.error().what);
  }
  return expand_home(option, text, file_);
}

Result<void> ConfigReader::read_value(const Option& option,
                                      const toml::node& node, Setting setting,
                                      Settings& to) {
  if (option.kind == ValueKind::none) {
    const auto* truth = node.as_boolean();
    if (!truth) {
      return error(node.source(), std::string(option.name) +
                                      " wants true or false, not " +
                                      type_name(node));
    }
    setting.off = !truth->get();
    to.push_back(std::move(setting));
    return {};
  }
  const auto* array = node.as_array();
  if (!array || !option.repeatable) {
    auto text = read_text(option, node);
    if (!text) return std::move(text).error();
    setting.text = std::move(*text);
    to.push_back(std::move(setting));
    return {};
  }
  for (const auto& item : *array) {
    auto text = read_text(option, item);
    if (!text) return std::move(text).error();
    setting.text = std::move(*text);
    to.push_back(setting);
  }
  return {};
}

// An option of the table of options. Outside of NAME-options it is set for
// every command that has it.
Result<void> ConfigReader::read_option(const toml::key& key,
                                       const toml::node& node, Scope scope,
                                       std::vector<std::string_view> others,
                                       Settings& to) {
  bool found = false;
  for (const auto* command : commands()) {
    if (scope.only && scope.only != command) continue;
    const auto options = configurable(*command);
    for (const auto* option : options) others.push_back(option->name);
    const auto* option = find_option(options, key.str());
    if (!option) continue;
    found = true;
    Setting setting{std::string(command->name), std::string(option->name), "",
                    file_.place(key.source()), scope.rank};
    if (auto read = read_value(*option, node, std::move(setting), to); !read) {
      return read;
    }
  }
  if (!found) return unknown(key, std::move(others));
  return {};
}

// send = "smtps://…", "lmtp:/path" or "mx"; fetch = "pop3s://…"; imap = …
Result<void> ConfigReader::read_route(const toml::key& key,
                                      const toml::node& node, Settings& to) {
  const auto* server = find_option(leading_options(), "server");
  auto text = read_text(*server, node);
  if (!text) return std::move(text).error();
  Setting setting{std::string(key.str()), "server", "",
                  file_.place(key.source()), SettingRank::account};
  if (key.str() == "send" && *text == "mx") {
    setting.name = "mx";
    to.push_back(std::move(setting));
    return {};
  }
  const auto url =
      key.str() == "send" ? parse_server_url(*text, {"smtp", "smtps", "lmtp"})
      : key.str() == "fetch" ? parse_server_url(*text, {"pop3", "pop3s"})
                             : parse_server_url(*text, {"imap", "imaps"});
  if (!url) {
    return error(node.source(), url.error().one_line())
        .with_hint(url.error().hint);
  }
  setting.text = std::move(*text);
  if (key.str() == "imap") {
    to.push_back(setting);
    setting.command = "wait";
  }
  to.push_back(std::move(setting));
  return {};
}

// queue = "never", "on-tempfail" or "always": when `send` uses the queue.
Result<void> ConfigReader::read_queue(const toml::key& key,
                                      const toml::node& node, Settings& to) {
  const auto when = node.value_exact<std::string>();
  Setting setting{"send", "", "", file_.place(key.source()),
                  SettingRank::account};
  if (when == "never") return {};
  if (when == "on-tempfail") {
    setting.name = "queue-on-tempfail";
  } else if (when == "always") {
    setting.name = "queue";
  } else {
    return error(node.source(),
                 "queue wants \"never\", \"on-tempfail\" or \"always\"");
  }
  to.push_back(std::move(setting));
  return {};
}

Result<void> ConfigReader::read_account(const std::string& account,
                                        const toml::table& table,
                                        Config& config) {
  auto& to = config.accounts[account];
  std::vector<std::string_view> others = {
      "send",         "fetch",         "imap",        "dkim", "queue",
      "send-options", "fetch-options", "imap-options"};
  for (const auto& [key, node] : table) {
    const auto name = key.str();
    Result<void> read;
    if (name == "send" || name == "fetch" || name == "imap") {
      read = read_route(key, node, to);
    } else if (name == "dkim") {
      auto dkim = read_dkim(key, node, file_);
      if (!dkim) return std::move(dkim).error();
      config.dkim[account] = std::move(*dkim);
    } else if (name == "queue") {
      read = read_queue(key, node, to);
    } else if (std::find(others.begin(), others.end(), name) != others.end()) {
      const auto* options = node.as_table();
      if (!options) {
        return error(node.source(), std::string(name) + " wants a table, not " +
                                        type_name(node));
      }
      const auto* command =
          find_command(name.substr(0, name.size() - kOptionsSuffix.size()));
      for (const auto& [inner_key, inner_node] : *options) {
        read = read_option(inner_key, inner_node,
                           {SettingRank::command_options, command}, {}, to);
        if (!read) return read;
      }
    } else {
      read = read_option(key, node, {SettingRank::account}, others, to);
    }
    if (!read) return read;
  }
  return {};
}

Result<void> ConfigReader::read_accounts(const toml::node& node,
                                         Config& config) {
  const auto* accounts = node.as_table();
  if (!accounts) {
    return error(node.source(), "account wants tables: [account.NAME], not " +
                                    type_name(node));
  }
  for (const auto& [key, account] : *accounts) {
    const auto* table = account.as_table();
    if (!table) {
      return error(key.source(), "account wants tables: [account.NAME]; '" +
                                     printable(key.str(), 80) + "' is " +
                                     type_name(account));
    }
    const auto name = key.str();
    if (name.empty() || std::any_of(name.begin(), name.end(), is_control)) {
      return error(
          key.source(),
          "the name of an account is empty or holds control characters");
    }
    if (auto read = read_account(std::string(name), *table, config); !read)
      return read;
  }
  return {};
}

Result<Config> ConfigReader::read(const toml::table& root) {
  Config config;
  config.path = file_.path;
  const toml::node* chosen = nullptr;
  for (const auto& [key, node] : root) {
    Result<void> read;
    if (key.str() == "default") {
      const auto* name = node.as_string();
      if (!name) {
        return error(node.source(),
                     "default wants a string, not " + type_name(node));
      }
      config.default_account = name->get();
      chosen = &node;
    } else if (key.str() == "account") {
      read = read_accounts(node, config);
    } else {
      read = read_option(key, node, {SettingRank::file}, {"default", "account"},
                         config.settings);
    }
    if (!read) return std::move(read).error();
  }
  if (chosen && !config.accounts.contains(config.default_account)) {
    std::vector<std::string_view> names;
    for (const auto& account : config.accounts) names.push_back(account.first);
    return error(chosen->source(),
                 "no account '" + printable(config.default_account, 80) + "'" +
                     did_you_mean(config.default_account, names));
  }
  return config;
}

// Where text holds what TOML 1.0 forbids everywhere: a control other than tab,
// LF and CRLF. toml++ lets some of them pass.
std::optional<toml::source_position> forbidden_control(std::string_view text) {
  toml::source_position at{1, 1};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool line_end =
        c == '\n' || (c == '\r' && text.substr(i + 1).starts_with('\n'));
    if (is_control(c) && c != '\t' && !line_end) return at;
    // Columns count characters: the octets that continue one are none.
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++at.column;
    if (c == '\n') at = {at.line + 1, 1};
  }
  return std::nullopt;
}

}  // namespace

Result<Config> parse_config(std::string_view text, const std::string& path,
                            std::string_view home, bool private_to_owner) {
  ConfigReader reader(printable(path), home, private_to_owner);
  if (const auto at = forbidden_control(text)) {
    return reader.error({*at, *at, nullptr},
                        "malformed TOML: a control character");
  }
  // toml++ reports malformed text by throwing; no exception leaves this file.
  try {
    return reader.read(toml::parse(text, path));
  } catch (const toml::parse_error& wrong) {
    return reader.error(wrong.source(),
                        "malformed TOML: " + printable(wrong.description()));
  }
}

}  // namespace mailtool::app
