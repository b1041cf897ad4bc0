#include "app/parsed_message.h"

#include <memory>

#include "app/lf_sink.h"
#include "mailtool/mime/charset.h"

namespace mailtool::app {

Result<void> copy_decoded(const ParsedMessage& message, const mime::Part& part,
                          Sink& to) {
  const auto decoder = mime::make_decoder(part.transfer_encoding, to);
  auto copied = message.input->copy(message.place.offset + part.body.offset,
                                    part.body.length, *decoder);
  return copied ? decoder->finish() : copied;
}

Result<void> copy_text(const ParsedMessage& message, const mime::Part& part,
                       Sink& to) {
  LfSink lf(to);
  mime::CharsetDecoder charset(message.structure.charset(part), lf);
  if (auto copied = copy_decoded(message, part, charset); !copied) return copied;
  if (auto ended = charset.finish(); !ended) return ended;
  return lf.finish();
}

}  // namespace mailtool::app
