#include "app/imap_changer.h"

#include <utility>

#include "app/json.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/imap/command.h"

namespace mailtool::app {

std::string count_of(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " message" : " messages");
}

namespace {

Result<Expected> expected_count(const Invocation& invocation) {
  const auto text = invocation.options.get("expect");
  if (!text) return Expected{};
  const auto dots = text->find("..");
  const auto first = std::string_view(*text).substr(0, dots);
  const auto last =
      dots == text->npos ? first : std::string_view(*text).substr(dots + 2);
  Expected expected;
  const bool open_below = dots != text->npos && first.empty();
  const bool open_above = dots != text->npos && last.empty();
  const auto least = parse_number(first);
  const auto most = parse_number(last);
  const bool legal = (least || open_below) && (most || open_above) &&
                     !(open_below && open_above);
  if (least) expected.least = *least;
  if (most) expected.most = *most;
  if (legal && expected.least <= expected.most) return expected;
  return Error{ErrorKind::usage, "neither N nor A..B",
               "--expect " + printable(*text, 60)};
}

struct Totals {
  std::uint64_t matched = 0;
  std::uint64_t changed = 0;
  std::string folder;  ///< empty when there were several
  std::size_t folders = 0;
  std::optional<imap::CopyUid> copied;
};

// A server that claims to have copied more than it was asked is not believed.
std::optional<imap::CopyUid> plausible(std::optional<imap::CopyUid> copied,
                                       const FoundMessages& found) {
  if (!copied || copied->source.count() > found.count) return std::nullopt;
  return copied;
}

Result<void> check_expected(const Expected& expected, std::uint64_t matched) {
  if (matched >= expected.least && matched <= expected.most) return {};
  return Error{ErrorKind::bad_input,
               count_of(matched) +
                   " found, not as many as --expect says; nothing was changed"};
}

class Changer {
 public:
  Changer(const Invocation& invocation, ImapSession& session, const What& what,
          Expected expected, Change change)
      : invocation_(invocation),
        session_(session),
        what_(what),
        expected_(expected),
        change_(std::move(change)) {}

  Result<void> run(Output& out) {
    auto folders = targets(session_, what_);
    if (!folders) return std::move(folders).error();
    // What is expected is the sum: with several folders it is taken first.
    if (folders->size() != 1) {
      std::uint64_t sum = 0;
      for (const auto& target : *folders) {
        auto found = find(session_, what_, target, true);
        if (!found) return std::move(found).error();
        sum += found->count;
      }
      if (auto fits = check_expected(expected_, sum); !fits) return fits;
      expected_ = Expected{};
    }
    for (const auto& target : *folders) {
      if (auto done = one(target, out); !done) return done;
    }
    return {};
  }

  [[nodiscard]] const Totals& totals() const { return totals_; }

 private:
  Result<void> one(const Target& target, Output& out) {
    const bool dry = invocation_.dry_run();
    auto found = find(session_, what_, target, dry);
    if (!found) return std::move(found).error();
    if (auto fits = check_expected(expected_, found->count); !fits) {
      return fits;
    }
    totals_.matched += found->count;
    totals_.folder = ++totals_.folders == 1 ? found->folder.utf8 : "";
    if (dry) {
      if (invocation_.json()) return {};
      return out.write("would " + change_.verb + " " + count_of(found->count) +
                       " of " + printable(found->folder.utf8, 200) +
                       change_.rest + "\n");
    }
    if (found->uids.empty()) return {};
    auto outcome = change_.apply(found->uids);
    if (!outcome) return session_.at_server(std::move(outcome).error());
    auto copied = plausible(std::move(outcome->copied), *found);
    totals_.changed += copied ? copied->source.count()
                              : outcome->messages.value_or(found->count);
    if (totals_.folders == 1) totals_.copied = std::move(copied);
    if (totals_.folders > 1) totals_.copied.reset();
    if (outcome->method == client::MoveOutcome::Method::copy_marked) {
      warn("imap",
           "the server can neither move nor expunge single messages: "
           "copied; the originals are marked \\Deleted and still in " +
               printable(found->folder.utf8, 200));
    }
    return {};
  }

  const Invocation& invocation_;
  ImapSession& session_;
  const What& what_;
  Expected expected_;
  Change change_;
  Totals totals_;
};

Result<void> report(const Invocation& invocation, Output& out,
                    const Change& change, const Totals& totals) {
  if (!invocation.json()) {
    const bool say = invocation.stderr_is_terminal && !invocation.quiet() &&
                     !invocation.dry_run();
    if (say) {
      warn("imap", change.past + " " + count_of(totals.changed) + change.rest);
    }
    return {};
  }
  JsonWriter json(out);
  json.begin_object().field("type", "summary");
  json.field("exit", 0).field("matched", totals.matched);
  json.field("changed", totals.changed);
  json.key("folder");
  if (totals.folder.empty()) {
    json.null();
  } else {
    json.value(totals.folder);
  }
  if (change.to) {
    json.field("to", change.to->utf8);
    json.key("uidvalidity");
    if (totals.copied) {
      json.value(totals.copied->uidvalidity);
    } else {
      json.null();
    }
    json.key("uids");
    if (totals.copied) {
      json.begin_array();
      for (const auto& range : totals.copied->target.ranges()) {
        for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
          json.value(uid);
        }
      }
      json.end_array();
    } else {
      json.null();
    }
  }
  return json.end_object().end_line();
}

}  // namespace

Result<Prepared> prepare(const Invocation& invocation,
                         const std::string& argument) {
  auto expected = expected_count(invocation);
  if (!expected) return std::move(expected).error();
  auto what = parse_what(invocation, argument);
  if (!what) return std::move(what).error();
  return Prepared{*std::move(what), *expected};
}

// Nothing to do, and the server need not be asked.
bool is_empty_set(const What& what) {
  for (const auto& block : what.blocks) {
    if (!block.uids.empty()) return false;
  }
  return what.from_pipe;
}

Result<ExitStatus> run_change(const Invocation& invocation,
                              ImapSession& session, const Prepared& prepared,
                              const Change& change, Output& out) {
  Changer changer(invocation, session, prepared.what, prepared.expected,
                  change);
  if (auto done = changer.run(out); !done) return std::move(done).error();
  if (auto said = report(invocation, out, change, changer.totals()); !said) {
    return std::move(said).error();
  }
  return ExitStatus::ok;
}

Result<ExitStatus> nothing_to_do(const Invocation& invocation,
                                 const Prepared& prepared, const Change& change,
                                 Output& out) {
  if (auto fits = check_expected(prepared.expected, 0); !fits) {
    return std::move(fits).error();
  }
  Totals none;
  if (prepared.what.blocks.size() == 1) {
    none.folder = prepared.what.blocks.front().folder;
  }
  if (auto said = report(invocation, out, change, none); !said) {
    return std::move(said).error();
  }
  return ExitStatus::ok;
}

std::optional<std::string> flag_name(std::string_view word) {
  constexpr std::string_view kSystem[] = {"Seen", "Flagged", "Answered",
                                          "Draft", "Deleted"};
  std::string name(word);
  for (const auto system : kSystem) {
    if (iequals(name, system)) name = "\\" + std::string(system);
  }
  if (!imap::is_flag(name)) return std::nullopt;
  return name;
}

}  // namespace mailtool::app
