#include "app/parse_text.h"

#include "mailtool/mime/html_to_text.h"

namespace mailtool::app {
namespace {

using mime::kNoPart;
using mime::Structure;

bool is_readable(const Structure& structure, std::uint32_t index) {
  const auto& part = structure.parts[index];
  return part.is_leaf() && structure.disposition(part) != "attachment" &&
         (structure.type(part) == "text/html" ||
          (structure.type(part).starts_with("text/") &&
           structure.file_name(part).empty()));
}

// For each part: is it below a message/rfc822, and which multipart/alternative
// is nearest above it? Parents stand before their children.
struct Context {
  std::vector<bool> attached;
  std::vector<std::uint32_t> alternative;
};

Context context_of(const Structure& structure) {
  const auto& parts = structure.parts;
  Context context{std::vector<bool>(parts.size(), false),
                  std::vector<std::uint32_t>(parts.size(), kNoPart)};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto parent = parts[i].parent;
    context.attached[i] = context.attached[parent] || parts[parent].is_message;
    context.alternative[i] = structure.type(parts[parent]) == "multipart/alternative"
                                 ? parent
                                 : context.alternative[parent];
  }
  return context;
}

std::vector<std::uint32_t> choose(const Structure& structure, bool html) {
  const auto context = context_of(structure);
  // An alternative offers the kind that is wanted, or it does not.
  std::vector<bool> offers(structure.parts.size(), false);
  std::vector<std::uint32_t> readable;
  for (std::uint32_t i = 0; i < structure.parts.size(); ++i) {
    if (context.attached[i] || !is_readable(structure, i)) continue;
    readable.push_back(i);
    const bool is_html = structure.type(structure.parts[i]) == "text/html";
    if (context.alternative[i] != kNoPart && is_html == html) {
      offers[context.alternative[i]] = true;
    }
  }
  std::vector<std::uint32_t> chosen;
  for (const auto index : readable) {
    const bool is_html = structure.type(structure.parts[index]) == "text/html";
    const auto above = context.alternative[index];
    if (is_html == html || (!html && (above == kNoPart || !offers[above]))) {
      chosen.push_back(index);
    }
  }
  return chosen;
}

// Ends each text with a line end: the one before a delimiter is not the text's.
class LineEnded : public Sink {
 public:
  explicit LineEnded(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override {
    if (!octets.empty()) last_ = octets.back();
    return out_.write(octets);
  }
  Result<void> finish() {
    return last_ == '\n' ? Result<void>{} : out_.write("\n");
  }

 private:
  Sink& out_;
  char last_ = '\n';
};

Result<void> write_readable(const ParsedMessage& message,
                            const mime::Part& part, Sink& out) {
  LineEnded ended(out);
  if (message.structure.type(part) != "text/html") {
    if (auto done = copy_text(message, part, ended); !done) return done;
    return ended.finish();
  }
  mime::HtmlToText html(ended);
  if (auto done = copy_text(message, part, html); !done) return done;
  if (auto done = html.finish(); !done) return done;
  return ended.finish();
}

}  // namespace

std::vector<std::uint32_t> readable_parts(const Structure& structure) {
  return choose(structure, false);
}

bool is_attachment(const Structure& structure, std::uint32_t index) {
  const auto& part = structure.parts[index];
  if (part.is_message) return true;
  if (!part.is_leaf()) return false;
  if (structure.disposition(part) == "attachment" ||
      !structure.file_name(part).empty()) return true;
  return !structure.type(part).starts_with("text/");
}

Result<void> write_text(const ParsedMessage& message, Sink& out) {
  bool first = true;
  for (const auto index : readable_parts(message.structure)) {
    const auto& part = message.structure.parts[index];
    if (!first) {
      if (auto parted = out.write("\n"); !parted) return parted;
    }
    first = false;
    if (auto done = write_readable(message, part, out); !done) return done;
  }
  return {};
}

Result<void> write_html(const ParsedMessage& message, Sink& out) {
  for (const auto index : choose(message.structure, true)) {
    auto done = copy_text(message, message.structure.parts[index], out);
    if (!done) return done;
  }
  return {};
}

}  // namespace mailtool::app
