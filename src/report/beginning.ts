/**
 * By what a page of refrain is known again.
 *
 * @module
 */

/** What it begins with. */
export const BEGINNING = '<!DOCTYPE html><html lang="en"><!-- A report of refrain -->';
