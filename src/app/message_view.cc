#include "app/message_view.h"

#include <algorithm>

namespace mailtool::app {
namespace {

std::vector<ViewPolicy> make_policies() {
  std::vector<ViewPolicy> all;
  const auto add = [&all](std::string_view name,
                          std::string_view meaning) -> ViewPolicy& {
    ViewPolicy policy;
    policy.name = name;
    policy.meaning = meaning;
    return all.emplace_back(policy);
  };
  add("last-duplicate",
      "of a field or parameter that stands twice the last counts")
      .parser.last_duplicate = true;
  auto& names = add("plain-names",
                    "plain parameters count before those of RFC 2231, "
                    "Content-Type names a file before Content-Disposition");
  names.parser.plain_first = true;
  names.parser.type_name_first = true;
  add("prefix-delimiter",
      "a line that begins with a delimiter is one, whatever follows")
      .parser.delimiter_prefix = true;
  add("parts-after-close", "there are parts behind a close delimiter")
      .parser.parts_after_close = true;
  add("guessed-boundary",
      "a multipart without boundary has that of its first line that begins "
      "with \"--\"")
      .parser.guess_boundary = true;
  add("junk-skipped", "a header goes on behind a line that is no field")
      .parser.skip_junk_in_header = true;
  add("blanks-end-header", "a line of blanks alone ends a header")
      .parser.blanks_end_header = true;
  add("encoded-multipart",
      "a multipart in a transfer encoding is decoded and read")
      .parser.decode_multiparts = true;
  add("bare-cr", "a CR alone ends a line").bare_cr_ends_line = true;
  add("base64-stops", "base64 ends at its first padding")
      .decode.stop_at_padding = true;
  add("blanks-kept", "blanks at the end of quoted-printable lines are data")
      .decode.keep_trailing_blanks = true;
  return all;
}

// Each CR before anything but LF becomes LF: no offset changes.
void end_lines(std::string& octets, bool at_end) {
  for (auto at = octets.find('\r'); at != octets.npos;
       at = octets.find('\r', at + 1)) {
    const bool last = at + 1 == octets.size();
    if (last ? at_end : octets[at + 1] != '\n') octets[at] = '\n';
  }
}

}  // namespace

const std::vector<ViewPolicy>& view_policies() {
  static const auto all = make_policies();
  return all;
}

// The input with its bare CRs as line ends.
class MessageView::CrAccess : public RandomAccess {
 public:
  CrAccess(const RandomAccess& input, std::uint64_t end)
      : input_(input), end_(end) {}

  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    // One octet more shows whether a CR that is last stands before LF.
    const bool more = offset + length < end_;
    Changed changed(to);
    auto copied = input_.copy(offset, length + (more ? 1 : 0), changed);
    return copied ? changed.finish(more) : copied;
  }

 private:
  class Changed : public Sink {
   public:
    explicit Changed(Sink& to) : to_(to) {}
    Result<void> write(std::string_view octets) override {
      held_ += octets;
      if (held_.empty()) return {};
      const char last = held_.back();
      end_lines(held_, false);
      held_.pop_back();
      auto written = to_.write(held_);
      held_.assign(1, last);
      return written;
    }
    Result<void> finish(bool drop_last) {
      if (held_.empty() || drop_last) return {};
      end_lines(held_, true);
      return to_.write(held_);
    }

   private:
    Sink& to_;
    std::string held_;
  };

  const RandomAccess& input_;
  std::uint64_t end_;
};

MessageView::MessageView(const ViewPolicy& policy,
                         const mime::ParserLimits& limits)
    : policy_(&policy),
      walk_(std::make_unique<PartWalk>(WalkWants{true, limits, policy.decode, policy.parser})),
      parser_(
          std::make_unique<mime::Parser>(limits, walk_.get(), policy.parser)) {}

MessageView::~MessageView() = default;
MessageView::MessageView(MessageView&&) noexcept = default;

void MessageView::begin(const MessagePlace& place) {
  place_ = place;
  held_cr_ = false;
  walk_->begin_message(place.quoted_from);
  parser_->begin();
}

void MessageView::feed(std::string_view octets) {
  if (!policy_->bare_cr_ends_line || octets.empty()) {
    parser_->feed(octets);
    return;
  }
  changed_.assign(held_cr_ ? 1 : 0, '\r');
  changed_ += octets;
  held_cr_ = changed_.back() == '\r';
  end_lines(changed_, false);
  if (held_cr_) changed_.pop_back();
  parser_->feed(changed_);
}

void MessageView::finish() {
  if (held_cr_) parser_->feed("\n");
  structure_ = &parser_->finish();
  walk_->end_message(*structure_);
}

ParsedMessage MessageView::message(const RandomAccess* input) {
  if (input != nullptr && policy_->bare_cr_ends_line) {
    access_ =
        std::make_unique<CrAccess>(*input, place_.offset + structure_->octets);
    input = access_.get();
  }
  return {place_, *structure_, walk_->levels(), input, policy_->decode};
}

}  // namespace mailtool::app
