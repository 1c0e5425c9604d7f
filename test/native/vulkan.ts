// Vulkan for tests: SwiftShader, a driver for processors that Debian's chromium brings, and the loader, which is a package of its own.
import { existsSync } from 'node:fs';

/** SwiftShader's description for the loader (VK_ICD_FILENAMES). */
export const vulkanDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const loader = 'libvulkan.so.1';

/** Why programs here cannot use SwiftShader, or null. */
export const noVulkan = !existsSync(vulkanDriver)
  ? `${vulkanDriver} of Debian's chromium package is not here`
  : loads(loader)
    ? null
    : `the Vulkan loader ${loader} of Debian's libvulkan1 package is not here`;

/** Whether the system's loader finds a library, as it does for onnxruntime. It is no module of Node: one that was found says so. */
function loads(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return /did not self-register/.test(String(error));
  }
}
