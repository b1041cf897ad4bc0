// What a pass over a message finds in its parts: pass one of the Transcoder.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mailtool/mime/body_decoder.h"
#include "mailtool/mime/body_scan.h"
#include "mailtool/mime/parser.h"

namespace mailtool::mime {

// Of the octets of one leaf, or of those of a multipart outside of its parts.
struct PartFacts {
  bool high = false;  // octets beyond ASCII
  bool nul = false;
  bool bare_cr = false;
  bool bare_lf = false;
  bool long_line = false;  // over 998 octets
  // Of what the body decodes to.
  bool utf8 = true;
  bool decoded_bare_lf = false;
  bool decoded_line_end = true;  // it is empty or ends with one
  bool decoded_whole = true;     // the decoder could read all of it
  bool base64_shorter = false;   // than quoted-printable

  // What seven_bit and eight_bit forbid.
  [[nodiscard]] bool odd() const {
    return nul || bare_cr || bare_lf || long_line;
  }
};

// Octets of a body as they are decoded.
class ContentScan : public Sink {
 public:
  void begin() { *this = {}; }
  Result<void> write(std::string_view octets) override;
  // What add to `facts`.
  void end(PartFacts& facts) const;

 private:
  void look_for_bare_lf(std::string_view octets);
  void look_for_utf8(std::string_view octets);

  TextScan text_;
  std::uint64_t counted_ = 0;  // by text_
  char last_ = '\n';
  bool empty_ = true;
  bool bare_lf_ = false;
  bool utf8_ = true;
  std::string cut_;  // a character that the last piece ended within
};

// Gathers the facts while the parser goes over the message.
class FactsCollector : public ParserEvents {
 public:
  void begin_part(const Structure& so_far, std::uint32_t part) override;
  void body(std::uint32_t part, std::string_view octets) override;
  void outside(std::uint32_t part, std::string_view octets) override;
  void end_part(const Structure& so_far, std::uint32_t part) override;

  // By index of the part.
  [[nodiscard]] const std::vector<PartFacts>& facts() const { return facts_; }

 private:
  void begin(std::uint32_t part, TransferEncoding encoding);
  void add(std::string_view octets);
  void end();

  std::vector<PartFacts> facts_;
  std::vector<TransferEncoding> encodings_;
  std::uint32_t current_ = kNoPart;
  BodyScan raw_;
  ContentScan content_;
  BodyDecoder decoder_;
};

}  // namespace mailtool::mime
