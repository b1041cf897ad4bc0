// NAMESPACE: RFC 2342, RFC 9051 section 6.3.10.

#include "mailtool/client/imap_namespace.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/imap/value.h"

namespace mailtool::client {
namespace {

// A server has a handful.
constexpr std::size_t kMostNamespaces = 1000;

struct Description {
  std::string prefix;
  std::string delimiter;
};

// namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil)
//                   [namespace-response-extensions] ")"
std::optional<Description> read_description(const imap::Value& value,
                                            imap::NameEncoding names) {
  if (!value.is_list() || !value.first().is_string()) return std::nullopt;
  const auto prefix = value.first().text();
  const auto delimiter = value.first().next();
  if (delimiter.absent() || prefix.size() > imap::kMaxMailboxName ||
      delimiter.text().size() > 1 || has_line_break_or_nul(prefix) ||
      has_line_break_or_nul(delimiter.text())) {
    return std::nullopt;
  }
  Description description;
  if (!prefix.empty()) {
    description.prefix = imap::mailbox_from_wire(prefix, names).utf8;
  }
  if (delimiter.is_string()) description.delimiter = delimiter.text();
  return description;
}

// namespace-response = "*" SP "NAMESPACE" SP namespace SP namespace SP namespace
// namespace = "(" 1*namespace-descr ")" / nil
// The first of three is the user's own. Where one cannot be read, it is not
// known what lies in it, and nothing is.
std::optional<PersonalNamespace> parse_namespace(
    const imap::FramedResponse& framed, imap::NameEncoding names) {
  const imap::ValueTree tree(framed, std::string_view("* NAMESPACE ").size());
  if (!tree.first().is_list()) return std::nullopt;
  std::optional<PersonalNamespace> space;
  for (auto list = tree.first(); !list.absent(); list = list.next()) {
    if (!list.is_list() && !list.is_nil()) return std::nullopt;
    for (auto one = list.first(); !one.absent(); one = one.next()) {
      auto read = read_description(one, names);
      if (!read) return std::nullopt;
      if (!space) {
        space.emplace();
        space->prefix = std::move(read->prefix);
        space->delimiter = std::move(read->delimiter);
      } else if (space->others.size() == kMostNamespaces) {
        return std::nullopt;
      } else {
        space->others.push_back(std::move(read->prefix));
      }
    }
    if (!space) return std::nullopt;
  }
  return space;
}

class NamespaceHandler : public ImapHandler {
 public:
  explicit NamespaceHandler(imap::NameEncoding names) : names_(names) {}
  Result<void> on_framed(const imap::FramedResponse& framed) override {
    constexpr std::string_view kBefore = "* NAMESPACE ";
    const auto begin =
        std::string_view(framed.octets).substr(0, kBefore.size());
    if (iequals(begin, kBefore) && !found) {
      found = parse_namespace(framed, names_);
    }
    return {};
  }
  Result<bool> on_data(imap::Response& data) override {
    const auto* other = std::get_if<imap::OtherData>(&data);
    return other != nullptr && other->name == "NAMESPACE";
  }
  std::optional<PersonalNamespace> found;

 private:
  imap::NameEncoding names_;
};

}  // namespace

std::string name_within(const PersonalNamespace& space, std::string_view name) {
  std::string within(name);
  if (iequals(name, "INBOX")) return within;
  if (!space.delimiter.empty()) {
    for (auto& c : within) {
      if (c == '/') c = space.delimiter[0];
    }
  }
  const auto& prefix = space.prefix;
  const auto begin = std::string_view(within).substr(0, prefix.size());
  // "INBOX." is INBOX in any case (RFC 9051 section 5.1).
  const bool has_it = upper(prefix).starts_with("INBOX")
                          ? iequals(begin, prefix)
                          : begin == prefix;
  return has_it ? within : prefix + within;
}

bool lies_elsewhere(const PersonalNamespace& space, std::string_view name) {
  const auto begins = [&](std::string_view prefix) {
    // "shared" is the root of "shared.".
    if (prefix.empty() || name.size() + 1 < prefix.size()) return false;
    const auto size = std::min(prefix.size(), name.size());
    for (std::size_t i = 0; i < size; ++i) {
      const bool delimits = name[i] == '/' && prefix[i] == prefix.back();
      if (!delimits && !iequals(prefix.substr(i, 1), name.substr(i, 1))) {
        return false;
      }
    }
    return true;
  };
  return std::any_of(space.others.begin(), space.others.end(), begins);
}

bool any_may_lie_elsewhere(const PersonalNamespace& space) {
  return std::find(space.others.begin(), space.others.end(), "") !=
         space.others.end();
}

Result<std::optional<PersonalNamespace>> ImapClient::personal_namespace() {
  auto offered = capabilities();
  if (!offered) return std::move(offered).error();
  if (!(*offered)->has("NAMESPACE") && !(*offered)->has("IMAP4REV2")) {
    return std::optional<PersonalNamespace>();
  }
  imap::CommandBuilder command("NAMESPACE");
  const auto built = command.build();
  if (!built) return built.error();
  NamespaceHandler handler(names());
  auto done = run(*built, &handler);
  if (!done) return std::move(done).error();
  return std::move(handler.found);
}

}  // namespace mailtool::client
