// SEARCH, and what it remembers: RFC 9051 section 6.4.4, RFC 5182, RFC 9394.

#include "serve/imap_dialogue.h"
#include "serve/imap_uid_set.h"
#include "serve/imap_words.h"

namespace mailtool::serve {
namespace {

using Places = std::vector<std::size_t>;

// What "$" is of from now on (RFC 5182 section 2.1, RFC 9394 section 3.2).
std::vector<std::uint32_t> to_save(const SearchRequest& request,
                                   const ImapView& view, const Places& found) {
  std::vector<std::uint32_t> uids;
  const bool all = request.all || request.count ||
                   (!request.min && !request.max && !request.partial);
  const auto partial = request.partial ? request.partial->of(found.size())
                                       : std::pair<std::size_t, std::size_t>();
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool first = request.min && i == 0;
    const bool last = request.max && i + 1 == found.size();
    const bool among = i >= partial.first && i < partial.second;
    if (all || first || last || among) {
      uids.push_back(view.seen()[found[i]].uid);
    }
  }
  return uids;
}

// Flags that it asks for. Depth is bounded by kMaxSearchDepth.
Flags flags_in(const SearchNode& node) {
  auto flags = node.flag;
  for (const auto& child : node.children) flags |= flags_in(child);
  return flags;
}

}  // namespace

void ImapServer::on_search(Arguments arguments, std::string& out) {
  SearchFault fault;
  const SearchContext context{view_->mailbox().keywords(),
                              settings_.now ? settings_.now() : 0};
  auto request = parse_search(arguments, context, fault);
  if (!request && fault.charset) {
    if (fault.save) view_->save({});
    return no(out, "[BADCHARSET (UTF-8)] no");
  }
  if (!request) return bad(out, "no search");
  if (!take_search_modseq(request->root, out)) return;
  request->hold = view_->mailbox().hold(flags_in(request->root));
  search_ = std::make_unique<SearchRun>(
      *std::move(request), KnownHeadersOfAll::of(store_).of(view_->shared()));
  wait_ = Wait::room;
  search_more(out);
}

void ImapServer::search_more(std::string& out) {
  if (!search_->more(*view_)) return;
  wait_ = Wait::octets;
  const auto run = std::exchange(search_, nullptr);
  const auto& request = run->request();
  std::vector<std::uint32_t> numbers;
  for (const auto place : run->found()) {
    numbers.push_back(by_uid_ ? view_->seen()[place].uid
                              : static_cast<std::uint32_t>(place + 1));
  }
  if (request.save) view_->save(to_save(request, *view_, run->found()));
  if (request.extended || enabled_.rev2) {
    put_esearch(request, numbers, out);
  } else {
    out += "* SEARCH";
    for (const auto number : numbers) out += " " + std::to_string(number);
    if (const auto modseq = modseq_of(request, numbers); modseq != 0) {
      out += " (MODSEQ " + std::to_string(modseq) + ")";
    }
    out += "\r\n";
  }
  if (run->unreadable() == 0) return finish(out, "done", by_uid_);
  view_->tell(out, by_uid_);
  no(out, "[SERVERBUG] messages that cannot be read: " +
              std::to_string(run->unreadable()));
}

// search-correlator and what follows it. Where all was only to be remembered
// there is nothing to say.
void ImapServer::put_esearch(const SearchRequest& request,
                             const std::vector<std::uint32_t>& found,
                             std::string& out) {
  const bool all = request.all || !request.extended;
  const bool silent = !all && !request.min && !request.max && !request.count &&
                      !request.partial;
  if (silent) return;
  out += "* ESEARCH (TAG ";
  put_string(out, tag_);
  out += by_uid_ ? ") UID" : ")";
  if (request.min && !found.empty()) {
    out += " MIN " + std::to_string(found.front());
  }
  if (request.max && !found.empty()) {
    out += " MAX " + std::to_string(found.back());
  }
  if (all && !found.empty()) out += " ALL " + set_of(found);
  if (request.count) out += " COUNT " + std::to_string(found.size());
  if (request.partial) {
    const auto [begin, end] = request.partial->of(found.size());
    const std::vector<std::uint32_t> some(
        found.begin() + static_cast<std::ptrdiff_t>(begin),
        found.begin() + static_cast<std::ptrdiff_t>(end));
    out += " PARTIAL (" + request.partial->text + " " +
           (some.empty() ? "NIL" : set_of(some)) + ")";
  }
  if (const auto modseq = modseq_of(request, found); modseq != 0) {
    out += " MODSEQ " + std::to_string(modseq);
  }
  out += "\r\n";
}

}  // namespace mailtool::serve
