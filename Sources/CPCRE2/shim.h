#pragma once
// The dozen functions of PCRE2's stable 8-bit interface that the mapping calls, declared here so that only the
// run-time library (libpcre2-8.so.0, on every Debian system) is needed, and not its -dev package.
// The numbers are those of pcre2.h since 10.30; see pcre2api(3).
#include <stddef.h>
#include <stdint.h>

#define WATCHWORD_PCRE2_ERROR_NOMATCH (-1)
#define WATCHWORD_PCRE2_ERROR_MATCHLIMIT (-47)
#define WATCHWORD_PCRE2_ERROR_DEPTHLIMIT (-53)
#define WATCHWORD_PCRE2_ERROR_HEAPLIMIT (-63)
#define WATCHWORD_PCRE2_UTF 0x00080000u
#define WATCHWORD_PCRE2_NEVER_BACKSLASH_C 0x00100000u
#define WATCHWORD_PCRE2_UCP 0x00020000u
#define WATCHWORD_PCRE2_CASELESS 0x00000008u
#define WATCHWORD_PCRE2_INFO_CAPTURECOUNT 4
#define WATCHWORD_PCRE2_UNSET (~(size_t)0)

typedef struct pcre2_real_code_8 pcre2_code_8;
typedef struct pcre2_real_match_data_8 pcre2_match_data_8;
typedef struct pcre2_real_match_context_8 pcre2_match_context_8;
typedef struct pcre2_real_compile_context_8 pcre2_compile_context_8;
typedef struct pcre2_real_general_context_8 pcre2_general_context_8;

pcre2_code_8 *pcre2_compile_8(const uint8_t *pattern, size_t length, uint32_t options, int *error_code,
                              size_t *error_offset, pcre2_compile_context_8 *context);
void pcre2_code_free_8(pcre2_code_8 *code);
pcre2_match_data_8 *pcre2_match_data_create_from_pattern_8(const pcre2_code_8 *code,
                                                           pcre2_general_context_8 *context);
void pcre2_match_data_free_8(pcre2_match_data_8 *data);
pcre2_match_context_8 *pcre2_match_context_create_8(pcre2_general_context_8 *context);
void pcre2_match_context_free_8(pcre2_match_context_8 *context);
int pcre2_set_match_limit_8(pcre2_match_context_8 *context, uint32_t limit);
int pcre2_set_depth_limit_8(pcre2_match_context_8 *context, uint32_t limit);
int pcre2_match_8(const pcre2_code_8 *code, const uint8_t *subject, size_t length, size_t start,
                  uint32_t options, pcre2_match_data_8 *data, pcre2_match_context_8 *context);
size_t *pcre2_get_ovector_pointer_8(pcre2_match_data_8 *data);
uint32_t pcre2_get_ovector_count_8(pcre2_match_data_8 *data);
int pcre2_get_error_message_8(int error_code, uint8_t *buffer, size_t length);
int pcre2_pattern_info_8(const pcre2_code_8 *code, uint32_t what, void *where);
