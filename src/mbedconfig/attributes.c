/* attributes.c -- the attributes of targets, as the targets.json of Mbed OS 5.11 to 6.17 and of
 * Mbed CE have them */
#include "attributes.h"

#include <string.h>

const struct cumulative_attribute cumulative_attributes[CUMULATIVE_COUNT] = {
    {"extra_labels", "TARGET_"},  {"macros", ""},
    {"device_has", "DEVICE_"},    {"features", "FEATURE_"},
    {"components", "COMPONENT_"},
};

static const char *const of_memory[] = {
    "bootloader_img", "deliver_artifacts", "deliver_to_target", "delivery_dir",
    "header_format",  "mbed_app_size",     "mbed_app_start",    "mbed_ram_size",
    "mbed_ram_start", "mbed_rom_size",     "mbed_rom_start",    "restrict_size",
};

/* Attributes in Mbed OS 5, parameters of every target in 6.17. */
static const char *const offsets[] = {"app_offset", "header_offset"};

static const char *const others[] = {
    "OUTPUT_EXT",
    "OUTPUT_EXT_UPDATE",
    "bootloader_supported",
    "c_lib",
    "copy_method",
    "core",
    "default_lib",
    "default_toolchain",
    "detect_code",
    "device_name",
    "forced_reset_timeout",
    "image_url",
    "inherits",
    "is_disk_virtual",
    "is_mcu_family_target",
    "link_libraries",
    "memory_bank_config",
    "memory_banks",
    "policy_file",
    "post_binary_hook",
    "printf_lib",
    "progen",
    "program_cycle_s",
    "public",
    "release_versions",
    "reset_method",
    "sectors",
    "secure_image_filename",
    "static_memory_defines",
    "supported_application_profiles",
    "supported_c_libs",
    "supported_form_factors",
    "supported_toolchains",
    "trustzone",
    "version",
};

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    if (strncmp(name, "target.", 7) != 0)
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(name + 7, names[i]) == 0)
            return true;
    return false;
}

static bool is_of_memory(const char *name)
{
    return is_one_of(name, of_memory, sizeof of_memory / sizeof of_memory[0]);
}

bool attribute_is_of_memory(const char *name)
{
    return is_of_memory(name) || is_one_of(name, offsets, sizeof offsets / sizeof offsets[0]);
}

bool attribute_is_of_target(const char *name)
{
    return is_of_memory(name) || is_one_of(name, others, sizeof others / sizeof others[0]);
}
