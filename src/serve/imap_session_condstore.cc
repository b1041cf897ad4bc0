// Mod-sequences: RFC 7162.

#include <algorithm>

#include "mailtool/base/ascii.h"
#include "serve/imap_dialogue.h"
#include "serve/imap_modifiers.h"

namespace mailtool::serve {
namespace {

// Depth is bounded by kMaxSearchDepth.
bool asks_modseq(const SearchNode& node) {
  return node.kind == SearchNode::Kind::modseq ||
         std::any_of(node.children.begin(), node.children.end(), asks_modseq);
}

}  // namespace

// From now on each FETCH response has MODSEQ; where that begins is to be known
// (section 3.1).
void ImapServer::enable_condstore(std::string& out) {
  enabled_.condstore = true;
  if (!view_ || !view_->tell_modseqs()) return;
  put_highest_modseq(out);
}

void ImapServer::put_highest_modseq(std::string& out) {
  const auto highest = view_->mailbox().highest_modseq();
  out += highest == 0 ? "* OK [NOMODSEQ] not counted now\r\n"
                      : "* OK [HIGHESTMODSEQ " + std::to_string(highest) +
                            "] the highest\r\n";
}

// For what cannot be had without them. False, and told so.
bool ImapServer::needs_modseqs(std::string& out) {
  if (view_->mailbox().highest_modseq() == 0) {
    bad(out, "no mod-sequences are counted here now");
    return false;
  }
  enable_condstore(out);
  return true;
}

// select-param = "CONDSTORE"
bool ImapServer::take_select_parameters(Arguments list, std::string& out) {
  if (list.absent()) return true;
  const auto name = list.first();
  if (!iequals(name.text(), "CONDSTORE") || !name.next().absent() ||
      !list.next().absent()) {
    bad(out, "SELECT mailbox (CONDSTORE)");
    return false;
  }
  enabled_.condstore = true;
  return true;
}

// Of the messages asked for, those that have changed since.
bool ImapServer::take_fetch_modseq(const FetchModifiers& modifiers,
                                   FetchQuestion& question,
                                   std::vector<std::uint32_t>& uids,
                                   std::string& out) {
  const bool needed = question.modseq || modifiers.changed_since;
  if (needed && !needs_modseqs(out)) return false;
  question.modseq = enabled_.condstore;
  if (modifiers.changed_since) {
    std::erase_if(uids, [&](std::uint32_t uid) {
      const auto* message = view_->message(uid);
      return message == nullptr || message->modseq <= *modifiers.changed_since;
    });
  }
  return true;
}

bool ImapServer::take_search_modseq(const SearchNode& root, std::string& out) {
  return !asks_modseq(root) || needs_modseqs(out);
}

// The highest of what is found; with MIN or MAX alone, of these: section 3.1.10.
std::uint64_t ImapServer::modseq_of(const SearchRequest& request,
                                    const std::vector<std::uint32_t>& found) {
  if (!asks_modseq(request.root)) return 0;
  const bool ends = request.extended && !request.all && !request.count &&
                    (request.min || request.max);
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool first = i == 0 && request.min;
    const bool last = i + 1 == found.size() && request.max;
    if (ends && !first && !last) continue;
    const auto uid = by_uid_ ? found[i] : view_->seen()[found[i] - 1].uid;
    const auto* message = view_->message(uid);
    if (message != nullptr) highest = std::max(highest, message->modseq);
  }
  return highest;
}

}  // namespace mailtool::serve
