// However a message is cut, its structure, its bodies and its defects are the
// same; spans nest; bodies are the octets of their spans.

#include <vector>

#include "mailtool/base/utf8.h"
#include "mailtool/mime/parser.h"
#include "require.h"

namespace mailtool::mime {
namespace {

class Bodies : public ParserEvents {
 public:
  void begin_part(const Structure&, std::uint32_t part) override {
    texts.resize(part + 1);
  }
  void body(std::uint32_t part, std::string_view octets) override {
    require(part < texts.size());
    texts[part] += octets;
  }
  std::vector<std::string> texts;
};

Structure parse(std::string_view message, std::size_t chunk,
                const ParserLimits& limits, std::vector<std::string>& bodies) {
  Bodies events;
  Parser parser(limits, &events);
  for (std::size_t i = 0; i < message.size(); i += chunk) {
    parser.feed(message.substr(i, chunk));
  }
  auto structure = parser.finish();
  bodies = std::move(events.texts);
  return structure;
}

void check_spans(std::string_view message, const Structure& s,
                 const std::vector<std::string>& bodies) {
  require(s.octets == message.size());
  require(s.parts.size() == bodies.size());
  for (std::size_t i = 0; i < s.parts.size(); ++i) {
    const auto& part = s.parts[i];
    require(part.header.end() <= part.body.offset);
    require(part.body.end() <= message.size());
    require(is_valid_utf8(s.file_name(part)) &&
            is_valid_utf8(s.charset(part)));
    if (part.parent != kNoPart) {
      const auto& parent = s.parts[part.parent];
      require(part.parent < i && part.header.offset >= parent.body.offset);
      require(part.body.end() <= parent.body.end());
    }
    if (part.is_leaf()) {
      require(message.substr(part.body.offset, part.body.length) == bodies[i]);
    }
  }
  for (const auto& field : s.fields) {
    require(message.substr(field.offset, field.name_length) == s.name(field));
  }
}

void check(std::string_view message, const ParserLimits& limits) {
  std::vector<std::string> bodies, same;
  const auto structure = parse(message, message.size() + 1, limits, bodies);
  check_spans(message, structure, bodies);
  for (const std::size_t chunk : {1u, 2u, 13u}) {
    require(parse(message, chunk, limits, same) == structure);
    require(same == bodies);
  }
}

}  // namespace
}  // namespace mailtool::mime

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace mailtool::mime;
  check(as_text(data, size), {});
  check(as_text(data, size),
        {.depth = 2, .parts = 4, .header_octets = 100, .fields = 5});
  return 0;
}
