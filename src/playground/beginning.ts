/**
 * What every playground begins with, by which a file of refrain is known again.
 *
 * @module
 */

/** The first bytes. */
export const BEGINNING = '<!DOCTYPE html><html lang="en"><!-- A playground of refrain -->';

/** What its head begins with. */
export const HEAD =
  '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>refrain</title>';

/** Where the script draws. */
export const BODY =
  '<body><div id="app"></div><noscript><p>This page needs JavaScript.</p></noscript></body>';
