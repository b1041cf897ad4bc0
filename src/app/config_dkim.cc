#include "app/config_dkim.h"

#include <utility>
#include <vector>

#include "app/suggestion.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/net/idn.h"
#include "mailtool/signing/dkim_signer.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kKeys[] = {"domain", "selector", "key"};
constexpr std::string_view kInfix = "._domainkey.";

Result<std::string> read_string(std::string_view name, const toml::node& node,
                                const ConfigFile& file) {
  const auto* text = node.as_string();
  if (!text) {
    return file.error(
        node.source(),
        std::string(name) + " wants a string, not " + type_name(node));
  }
  if (text->get().empty() || has_line_break_or_nul(text->get())) {
    return file.error(node.source(), std::string(name) +
                                         " is empty or has more than one line");
  }
  return text->get();
}

// A string, or an array of strings.
Result<std::vector<std::string>> read_strings(std::string_view name,
                                              const toml::node& node,
                                              const ConfigFile& file) {
  std::vector<std::string> texts;
  const auto* array = node.as_array();
  if (!array) {
    auto text = read_string(name, node, file);
    if (!text) return std::move(text).error();
    texts.push_back(std::move(*text));
    return texts;
  }
  for (const auto& item : *array) {
    auto text = read_string(name, item, file);
    if (!text) return std::move(text).error();
    texts.push_back(std::move(*text));
  }
  return texts;
}

Result<std::string> read_domain(const toml::node& node,
                                const ConfigFile& file) {
  auto text = read_string("domain", node, file);
  if (!text) return text;
  auto domain = net::to_ascii_host(*text);
  if (domain) return domain;
  return file.error(node.source(),
                    "'" + printable(*text, 80) + "' is no domain name");
}

// A selector is what stands before "._domainkey." in the name of a key.
Result<std::string> to_selector(const std::string& text, const toml::node& node,
                                const ConfigFile& file) {
  auto name = net::to_ascii_owner(text + std::string(kInfix) + "example");
  if (!name || name->find(kInfix) == std::string::npos) {
    return file.error(node.source(),
                      "'" + printable(text, 80) +
                          "' is no selector: letters, digits and hyphens, in "
                          "parts with dots between");
  }
  name->resize(name->find(kInfix));
  return name;
}

Result<void> pair_keys(const toml::node& selector, const toml::node& key,
                       const ConfigFile& file, DkimConfig& config) {
  const auto selectors = read_strings("selector", selector, file);
  if (!selectors) return selectors.error();
  const auto paths = read_strings("key", key, file);
  if (!paths) return paths.error();
  if (selectors->size() != paths->size()) {
    return file.error(key.source(), "as many keys as selectors are wanted: " +
                                        std::to_string(selectors->size()) +
                                        ", not " +
                                        std::to_string(paths->size()));
  }
  const auto most = signing::DkimSigner::kMaxKeys;
  if (paths->empty() || paths->size() > most) {
    return file.error(key.source(),
                      "key wants 1 to " + std::to_string(most) + " files");
  }
  for (std::size_t i = 0; i < paths->size(); ++i) {
    auto name = to_selector((*selectors)[i], selector, file);
    if (!name) return std::move(name).error();
    config.keys.push_back({std::move(*name), file.expand_home((*paths)[i])});
  }
  return {};
}

}  // namespace

Result<DkimConfig> read_dkim(const toml::key& name, const toml::node& node,
                             const ConfigFile& file) {
  const auto* table = node.as_table();
  if (!table) {
    return file.error(node.source(),
                      "dkim wants a table, not " + type_name(node));
  }
  DkimConfig config;
  config.origin = file.place(name.source());
  for (const auto& [key, value] : *table) {
    if (key.str() == "domain") {
      auto domain = read_domain(value, file);
      if (!domain) return std::move(domain).error();
      config.domain = std::move(*domain);
    } else if (key.str() != "selector" && key.str() != "key") {
      return file.error(
          key.source(),
          "unknown key '" + printable(key.str(), 80) + "'" +
              did_you_mean(key.str(), kKeys));
    }
  }
  const auto* selector = table->get("selector");
  const auto* key = table->get("key");
  if (!selector || !key) {
    return file.error(name.source(), std::string("dkim lacks ") +
                                         (selector ? "key" : "selector"));
  }
  if (auto paired = pair_keys(*selector, *key, file, config); !paired)
    return std::move(paired).error();
  return config;
}

}  // namespace mailtool::app
