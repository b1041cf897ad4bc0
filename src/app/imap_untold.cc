#include "app/imap_untold.h"

#include <string>
#include <utility>

#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::uint64_t kNamed = 10;
constexpr std::size_t kShownName = 200;

}  // namespace

void UntoldMessages::add(const imap::SequenceSet& asked,
                         std::vector<imap::Range> told) {
  const auto left = asked.minus(imap::SequenceSet(std::move(told)));
  uids_.insert(uids_.end(), left.ranges().begin(), left.ranges().end());
}

Result<std::optional<Error>> UntoldMessages::check(ImapSession& session) const {
  if (uids_.empty()) return std::optional<Error>();
  auto& client = session.client();
  auto found = client.search(imap::SearchKey());
  if (!found) return std::move(found).error();
  const auto there = imap::SequenceSet(uids_).intersect(found->uids);
  if (there.empty()) return std::optional<Error>();
  const bool one = there.count() == 1;
  const auto& folder = client.selected();
  return std::optional(Error{
      ErrorKind::no_such_item,
      std::to_string(there.count()) + (one ? " message" : " messages") +
          " found, and not told of: " + (one ? "UID " : "UIDs ") +
          imap::to_wire(there.first(kNamed)) +
          (there.count() > kNamed ? ",..." : ""),
      folder ? printable(folder->name.utf8, kShownName) : std::string()});
}

bool is_about_gone(const Error& refusal) {
  return refusal.server_said.starts_with("NO [EXPUNGEISSUED]");
}

}  // namespace mailtool::app
