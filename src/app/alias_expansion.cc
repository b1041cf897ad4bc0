// Aliases of aliases, without recursion: what a file says is not what decides
// how deep the stack grows.

#include <set>
#include <utility>

#include "app/alias_items.h"
#include "app/aliases.h"
#include "app/qualify.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kDefault = "default";
constexpr std::size_t kShown = 100;

bool is_local(std::string_view address, std::string_view own_domain) {
  const auto domain = halves_of(address).domain;
  return domain.empty() || iequals(domain, "localhost") ||
         (!own_domain.empty() && iequals(domain, own_domain));
}

}  // namespace

class AliasExpansion {
 public:
  AliasExpansion(const Aliases& aliases, std::string_view domain)
      : aliases_(aliases), domain_(domain) {}

  Result<std::vector<std::string>> run(
      const std::vector<std::string>& recipients) {
    for (const auto& recipient : recipients) {
      if (auto taken = take({AliasItem::Kind::address, recipient}); !taken) {
        return std::move(taken).error();
      }
      while (!frames_.empty()) {
        if (auto stepped = step(); !stepped) {
          return std::move(stepped).error();
        }
      }
    }
    return std::move(addresses_);
  }

 private:
  /// An alias, or an included file, of which some items are done.
  struct Frame {
    std::string name;
    std::string where;
    std::vector<AliasItem> items;
    std::size_t next = 0;
  };

  Result<void> step() {
    auto& frame = frames_.back();
    if (frame.next == frame.items.size()) {
      open_.erase(frame.name);
      frames_.pop_back();
      return {};
    }
    const auto item = std::move(frame.items[frame.next++]);
    return take(item);
  }

  Result<void> take(const AliasItem& item) {
    switch (item.kind) {
      case AliasItem::Kind::address: return take_address(item);
      case AliasItem::Kind::include: return take_include(item);
      case AliasItem::Kind::program:
        return refuse(item, "is a program, and none is run here");
      case AliasItem::Kind::file:
        return refuse(item, "is a file, and none is written here");
      case AliasItem::Kind::directive:
        return refuse(item, "is nothing that mail can be sent to");
    }
    return {};
  }

  Result<void> take_address(const AliasItem& item) {
    if (item.final || !is_local(item.text, domain_)) return add(item.text);
    const auto halves = halves_of(item.text);
    const auto name = lower(unquoted(halves.local_part));
    if (const auto found = aliases_.aliases_.find(name);
        found != aliases_.aliases_.end() && name != kDefault) {
      return open(name, found->second, item.text);
    }
    // The alias for all others is for names alone: "bob@" the own domain may
    // well be somebody else's Bob.
    const auto others = aliases_.aliases_.find(kDefault);
    const bool replaced = halves.domain.empty() &&
                          others != aliases_.aliases_.end() &&
                          !open_.contains(kDefault);
    if (!replaced) return add(item.text);
    return open(std::string(kDefault), others->second, item.text);
  }

  Result<void> open(const std::string& name, const Aliases::Alias& alias,
                    const std::string& address) {
    // "root: root, admin" delivers to root as well.
    if (!frames_.empty() && frames_.back().name == name) return add(address);
    const auto where =
        printable(aliases_.path_) + ":" + std::to_string(alias.line);
    if (open_.contains(name)) return circle(name, where);
    if (!done_.insert(name).second) return {};
    return push(name, alias.value, where);
  }

  Result<void> take_include(const AliasItem& item) {
    const auto& where = frames_.back().where;
    if (!item.text.starts_with('/')) {
      return refuse(item, "is not the whole path of a file");
    }
    const auto name = ":include:" + item.text;
    if (open_.contains(name)) return circle(name, where);
    if (!done_.insert(name).second) return {};
    if (++includes_ > aliases_.limits_.includes) {
      return Error{ErrorKind::config,
                   "more than " + std::to_string(aliases_.limits_.includes) +
                       " files are included",
                   where};
    }
    auto text = read_alias_file(item.text, aliases_.limits_.octets);
    if (!text) return std::move(text).error();
    return push(name, *text, printable(item.text));
  }

  Result<void> push(const std::string& name, std::string_view value,
                    const std::string& where) {
    if (frames_.size() >= aliases_.limits_.depth) {
      return Error{ErrorKind::config,
                   "aliases of aliases, more than " +
                       std::to_string(aliases_.limits_.depth) + " deep",
                   where};
    }
    auto items = parse_alias_items(value, where);
    if (!items) return std::move(items).error();
    if (items->empty()) {
      return Error{ErrorKind::config,
                   "'" + printable(name, kShown) + "' stands for nobody",
                   where};
    }
    open_.insert(name);
    frames_.push_back({name, where, std::move(*items), 0});
    return {};
  }

  Result<void> add(const std::string& address) {
    if (!frames_.empty() && ++expanded_ > aliases_.limits_.addresses) {
      return Error{ErrorKind::config,
                   "aliases stand for more than " +
                       std::to_string(aliases_.limits_.addresses) +
                       " addresses",
                   frames_.back().where};
    }
    addresses_.push_back(address);
    return {};
  }

  [[nodiscard]] Error circle(const std::string& name,
                             const std::string& where) const {
    std::string way;
    for (const auto& frame : frames_) {
      way += printable(frame.name, kShown) + " -> ";
    }
    return Error{
        ErrorKind::config,
        "aliases go round in a circle: " + way + printable(name, kShown),
        where};
  }

  [[nodiscard]] Error refuse(const AliasItem& item,
                             std::string_view why) const {
    return Error{ErrorKind::config,
                 "'" + printable(item.text, kShown) + "' " + std::string(why),
                 frames_.back().where, "", "let the alias name an address"};
  }

  const Aliases& aliases_;
  std::string_view domain_;
  std::vector<Frame> frames_;
  std::set<std::string, std::less<>> open_;  // names of frames_
  std::set<std::string, std::less<>> done_;  // replaced already
  std::vector<std::string> addresses_;
  std::size_t expanded_ = 0;
  std::size_t includes_ = 0;
};

Result<std::vector<std::string>> Aliases::expand(
    const std::vector<std::string>& recipients, std::string_view domain) const {
  return AliasExpansion(*this, domain).run(recipients);
}

}  // namespace mailtool::app
