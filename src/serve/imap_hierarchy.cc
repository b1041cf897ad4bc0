#include "serve/imap_hierarchy.h"

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"

namespace mailtool::serve {
namespace {

bool is_wildcard(char c) { return c == '*' || c == '%'; }

// RFC 9051 section 5.1: the one name that is the same in any case.
bool is_inbox(std::string_view name) {
  return name == "INBOX" || name.starts_with("INBOX/");
}

bool is_below(std::string_view name, std::string_view above) {
  return name.size() > above.size() && name.starts_with(above) &&
         name[above.size()] == '/';
}

// The delimiter comes before all other characters, so that what is below a name
// follows it.
bool in_tree_order(const MailboxRow& a, const MailboxRow& b) {
  if (is_inbox(a.name) != is_inbox(b.name)) return is_inbox(a.name);
  return std::lexicographical_compare(
      a.name.begin(), a.name.end(), b.name.begin(), b.name.end(),
      [](char x, char y) {
        const auto rank = [](char c) {
          return c == '/' ? 0
                          : 1 + static_cast<int>(static_cast<unsigned char>(c));
        };
        return rank(x) < rank(y);
      });
}

}  // namespace

std::vector<ListedName> hierarchy(std::vector<MailboxRow> rows) {
  std::sort(rows.begin(), rows.end(), in_tree_order);
  std::vector<ListedName> names;
  std::vector<std::size_t> path;  // from the top to the name last added
  for (auto& row : rows) {
    while (!path.empty() && !is_below(row.name, names[path.back()].row.name)) {
      path.pop_back();
    }
    const auto known =
        path.empty() ? 0 : names[path.back()].row.name.size() + 1;
    for (auto end = row.name.find('/', known); end != row.name.npos;
         end = row.name.find('/', end + 1)) {
      ListedName level;
      level.row.name = row.name.substr(0, end);
      level.row.exists = false;
      level.above = path.empty() ? ListedName::kNone : path.back();
      path.push_back(names.size());
      names.push_back(std::move(level));
    }
    const auto above = path.empty() ? ListedName::kNone : path.back();
    path.push_back(names.size());
    names.push_back({std::move(row), above, false});
  }
  const auto below =
      any_below(names, [](const ListedName& one) { return one.row.exists; });
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i].has_children = below[i];
  }
  return names;
}

std::vector<bool> any_below(
    const std::vector<ListedName>& names,
    const std::function<bool(const ListedName&)>& fits) {
  std::vector<bool> below(names.size());
  for (auto i = names.size(); i-- > 0;) {
    if (names[i].above == ListedName::kNone) continue;
    if (below[i] || fits(names[i])) below[names[i].above] = true;
  }
  return below;
}

ListPattern::ListPattern(std::string_view text) {
  for (const char c : text) {
    if (!is_wildcard(c)) {
      ++letters_;
    } else if (!text_.empty() && is_wildcard(text_.back())) {
      if (c == '*') text_.back() = '*';
      continue;
    }
    text_ += c;
  }
}

// All places in the pattern where one can be after so much of the name.
bool ListPattern::fits(std::string_view name) const {
  if (letters_ > name.size()) return false;
  std::string here(text_.size() + 1, '\0');
  const auto pass_wildcards = [this](std::string& places) {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (places[i] != 0 && is_wildcard(text_[i])) places[i + 1] = 1;
    }
  };
  here[0] = 1;
  pass_wildcards(here);
  std::string next(here.size(), '\0');
  std::size_t in_any_case = is_inbox(name) ? 5 : 0;
  for (const char c : name) {
    std::fill(next.begin(), next.end(), '\0');
    for (std::size_t i = 0; i < text_.size(); ++i) {
      if (here[i] == 0) continue;
      if (is_wildcard(text_[i])) {
        if (text_[i] == '*' || c != '/') next[i] = 1;
      } else if (text_[i] == c ||
                 (in_any_case > 0 && iequals({&text_[i], 1}, {&c, 1}))) {
        next[i + 1] = 1;
      }
    }
    if (in_any_case > 0) --in_any_case;
    pass_wildcards(next);
    std::swap(here, next);
  }
  return here.back() != 0;
}

}  // namespace mailtool::serve
