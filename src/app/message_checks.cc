// Beside the dump of a message: what other readers would see, and whether its
// signatures hold.

#include "app/from_unquoting.h"
#include "app/message_dump.h"
#include "app/tree_lines.h"

namespace mailtool::app {
namespace {

// An input whose quoted From lines are undone: signatures are over these.
class UnquotedAccess : public RandomAccess {
 public:
  explicit UnquotedAccess(const RandomAccess& input) : input_(input) {}

  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    FromUnquoting unquoted(to);
    auto copied = input_.copy(offset, length, unquoted);
    return copied ? unquoted.finish() : copied;
  }

 private:
  const RandomAccess& input_;
};

// Nothing that time or trust may change makes a signature invalid.
bool has_failed(const Verification& done) {
  for (const auto& result : done.dkim.results) {
    if (result.verdict == signing::Verdict::fail) return true;
  }
  if (done.arc.verdict == signing::Verdict::fail) return true;
  for (const auto& part : done.smime.parts) {
    if (part.result.verdict == signing::SmimeVerdict::fail) return true;
  }
  return false;
}

}  // namespace

void MessageDump::begin_checks(const MessagePlace& place) {
  if (options_.views) {
    if (!views_) views_.emplace(options_.limits);
    views_->begin(place);
  }
  verification_.reset();
  if (!options_.verify || verifier_) return;
  keys_.emplace(options_.verify->resolver);
  verifier_.emplace(*keys_, options_.verify->ca_file, options_.verify->now);
}

Result<void> MessageDump::verify(mime::Structure& structure,
                                 const RandomAccess* input) {
  const UnquotedAccess unquoted(*input);
  const RandomAccess& access = place_.quoted_from ? unquoted : *input;
  auto done = verifier_->verify({structure, access, place_.offset});
  if (!done) return std::move(done).error();
  verification_ = std::move(*done);
  if (has_failed(*verification_)) {
    structure.add_defect(mime::DefectRule::signature_invalid, 0,
                         structure.parts[0].header);
  }
  return {};
}

Result<void> MessageDump::write_tree_form(const ParsedMessage& message,
                                          const std::vector<PartRow>& rows) {
  if (place_.count > 0) {
    if (auto line = out_.write("\n"); !line) return line;
  }
  if (!options_.verify_alone) {
    auto drawn = write_tree(message, rows, options_.style, out_);
    if (!drawn) return drawn;
  }
  if (verification_) {
    if (!options_.verify_alone) {
      if (auto line = out_.write("\n"); !line) return line;
    }
    auto told = write_verification(*verification_, out_);
    if (!told) return told;
  }
  if (!views_) return {};
  const auto groups = views_->differing(rows);
  if (groups.empty()) return out_.write("\nAll views agree.\n");
  for (const auto& group : groups) {
    if (auto drawn = write_view(group, message.input); !drawn) return drawn;
  }
  return {};
}

Result<void> MessageDump::write_view(const ViewGroup& group,
                                     const RandomAccess* input) {
  std::string title = "\nAs read by ";
  for (const auto name : group.names) {
    if (name != group.names.front()) title += ", ";
    title += name;
  }
  if (auto told = out_.write(title + ":\n"); !told) return told;
  const auto seen = views_->message(group.view, input);
  return write_tree_lines(seen, group.rows, defects_of(seen, group.rows),
                          options_.style, out_);
}

// What only other readers see, whether they would read or save it, and what
// they would save under another name.
Result<void> MessageDump::write_views_files(
    const std::vector<ViewGroup>& groups, const std::vector<PartRow>& rows,
    KnownContent& known, const RandomAccess* input, ExtractReport& report) {
  for (const auto& group : groups) {
    std::vector<std::size_t> which;
    for (const auto index : rows_only_in(group, rows)) {
      if (known.add(group.rows[index])) which.push_back(index);
    }
    auto done = extract_rows(views_->message(group.view, input), group.rows,
                             which, *folder_, report);
    if (!done) return done;
  }
  return {};
}

}  // namespace mailtool::app
