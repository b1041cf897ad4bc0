// Values of one message after another ask for no memory, once the largest has
// been seen.
#include <gtest/gtest.h>

#include "allocation_count.h"
#include "mailtool/mime/address.h"
#include "mailtool/mime/date_time.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/media_type.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/received.h"

namespace mailtool::mime {
namespace {

// How often `read` asks for memory when all values have been read twice.
template <class Read, std::size_t N>
std::size_t allocations_of(const char* const (&values)[N], Read read) {
  for (int i = 0; i < 2; ++i) {
    for (const auto* value : values) read(value);
  }
  const auto before = mailtool::test::allocations();
  for (int i = 0; i < 3; ++i) {
    for (const auto* value : values) read(value);
  }
  return mailtool::test::allocations() - before;
}

TEST(HeaderAllocation, IsCounted) {
  const auto before = mailtool::test::allocations();
  const std::string large(1000, 'x');
  EXPECT_GT(mailtool::test::allocations(), before) << large.size();
}

TEST(HeaderAllocation, MediaTypesAndParameters) {
  const char* const values[] = {
      "text/plain; charset=\"utf-8\"",
      "multipart/mixed; boundary=\"----=_NextPart_000_0000_01D00000.00000000\"",
      "attachment; filename=\"a rather long name of a file.pdf\"",
      "text/html",
      "application/octet-stream;\r\n name*0*=utf-8''%C3%BC;\r\n name*1=\"b.zip\"",
      "application/pdf; name=\"=?utf-8?Q?=C3=BC_and_much_more_text.pdf?=\"",
      "attachment; filename=my file.zip; size=3 (c)"};
  MediaType media;
  ParameterizedValue read;
  EXPECT_EQ(allocations_of(values, [&](auto v) { parse_media_type(v, media); }),
            0u);
  EXPECT_EQ(allocations_of(values, [&](auto v) { parse_parameters(v, read); }),
            0u);
}

TEST(HeaderAllocation, Addresses) {
  const char* const values[] = {
      "Alice Example <alice.example@mail.example.test>",
      "a@x.test, \"Giant; \\\"Big\\\" Box\" <sysservices@example.test>, "
      "=?utf-8?Q?J=C3=BCrgen_of_the_long_name?= <j@y.test> (comment here)",
      "Undisclosed recipients of every kind:;",
      "Doe, John of the Does <john@example.test>, <@route.test:b@example.test>",
      ""};
  AddressList list;
  EXPECT_EQ(
      allocations_of(values, [&](auto v) { parse_address_list(v, list); }), 0u);
}

TEST(HeaderAllocation, TextDatesAndIdentifiers) {
  const char* const texts[] = {
      "a subject of some length, plain", "folded\r\n over two lines of text",
      "=?utf-8?Q?gr=C3=BCn_and_long_enough?= =?utf-8?B?w7w=?= tail"};
  std::string text;
  const auto decode = [&](auto v) {
    text.clear();
    decode_value(v, text);
  };
  EXPECT_EQ(allocations_of(texts, decode), 0u);
  const char* const dates[] = {
      "Fri, 20 Nov 2026 21:15:04 +0100", "20 Nov 26 21:15 EST (a comment)",
      "2026-11-20T21:15:04Z", "Fri Nov 20 21:15:04 2026", "no date"};
  EXPECT_EQ(allocations_of(
                dates, [](auto v) { static_cast<void>(parse_date_time(v)); }),
            0u);
  const char* const identifiers[] = {
      "<a-rather-long-identifier@mail.example.test>",
      "<another-one-of-many@host.example.test>"};
  std::vector<std::string> ids;
  const auto read = [&](auto v) { parse_message_ids(v, ids, nullptr); };
  EXPECT_EQ(allocations_of(identifiers, read), 0u);
}

}  // namespace
}  // namespace mailtool::mime
